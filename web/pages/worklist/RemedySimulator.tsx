import { NumberInput, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatCount, formatMoney, formatRange } from '../../../src/shared/format.ts'
import { type Portfolio, type RemedySimulation, tablePageOptions, useRemedySimulation } from '../../parts/api.ts'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Failed } from '../../parts/States.tsx'
import own from './worklist.module.css'

const fields = [
  { name: 'accept', title: 'Go along', unit: '%' },
  { name: 'adapt', title: 'Change what they do', unit: '%' },
  { name: 'defect', title: 'Leave', unit: '%' },
  { name: 'effect', title: 'Effect reached', unit: '%' },
  { name: 'horizonMonths', title: 'Horizon', unit: 'months' },
  { name: 'oneOff', title: 'One-off cost each', unit: 'money' },
] as const
type Field = (typeof fields)[number]['name']

/** What a remedy would bring if customers reacted otherwise than judged; answers as one types. For one customer or all. */
export function RemedySimulator({
  portfolio,
  first,
  customer,
}: {
  portfolio: Pick<Portfolio, 'snapshot' | 'workspace'>
  first?: string | undefined
  customer?: { id: string; remedies: string[] }
}) {
  const snapshot = portfolio.snapshot.id
  const { currency } = portfolio.workspace
  const remedies = useQuery(tablePageOptions('remedy', { snapshot, sort: 'position' }, 0, 20, false)).data?.rows
  const [picked, setPicked] = useState<string | null>(null)
  const [typed, setTyped] = useState<Partial<Record<Field, number>>>({})
  const possible = (remedies ?? []).filter((row) => (customer ? customer.remedies.includes(String(row.remedy)) : Number(row.customers) > 0))
  const remedy = picked ?? first ?? (possible[0] ? String(possible[0].remedy) : undefined)
  const trial = remedy
    ? {
        remedy,
        ...(customer ? { customer: customer.id } : {}),
        ...Object.fromEntries(
          Object.entries(typed).map(([name, value]) => [
            name,
            String(fields.find((field) => field.name === name)?.unit === '%' ? value / 100 : value),
          ]),
        ),
      }
    : undefined
  const [asked] = useDebouncedValue(trial, 150)
  const simulation = useRemedySimulation(asked, snapshot)
  if (possible.length === 0) return null
  const judged = simulation.data?.judgements
  const shown = (name: Field, unit: string): number | string => {
    if (typed[name] !== undefined) return typed[name]
    if (!judged || simulation.data?.remedy !== remedy) return ''
    return unit === '%' ? Number((100 * judged[name]).toFixed(2)) : judged[name]
  }
  return (
    <Section
      title="What if they react otherwise?"
      id="simulator"
      lead={
        customer
          ? 'Tries a remedy on this customer with other judgements.'
          : 'Tries a remedy on all customers to whom it is proposed, with other judgements.'
      }
    >
      <div className={`${own.panel} no-print`}>
        <Select
          label="Remedy"
          data={possible.map((row) => ({ value: String(row.remedy), label: String(row.title) }))}
          value={remedy ?? null}
          allowDeselect={false}
          onChange={(value) => {
            setPicked(value)
            setTyped({})
          }}
        />
        {fields.map(({ name, title, unit }) => (
          <NumberInput
            key={name}
            label={`${title}, ${unit === 'money' ? currency : unit}`}
            min={0}
            {...(unit === '%' ? { max: 100 } : name === 'horizonMonths' ? { max: 120 } : {})}
            step={unit === '%' ? 5 : name === 'horizonMonths' ? 3 : 100}
            value={shown(name, unit)}
            onChange={(value) => {
              if (value === '' || typeof value === 'number')
                setTyped((before) => {
                  const { [name]: _, ...others } = before
                  return value === '' ? others : { ...others, [name]: value }
                })
            }}
          />
        ))}
      </div>
      {simulation.error ? (
        <Failed error={simulation.error} />
      ) : simulation.data ? (
        <Answer simulation={simulation.data} currency={currency} changed={Object.keys(typed).length > 0} />
      ) : null}
    </Section>
  )
}

function Answer({ simulation, currency, changed }: { simulation: RemedySimulation; currency: string; changed: boolean }) {
  const money = (value: number) => formatMoney(value, currency, { compact: true })
  const { trial, published, customers } = simulation
  return (
    <div aria-live="polite">
      <p className={own.results}>
        <span>
          <span className={`${own.big}${trial.value < 0 ? ' loss' : ''}`}>{money(trial.value)}</span> a year{' '}
          <span className="dim">(90 %: {formatRange(money(trial.low), money(trial.high))})</span>
        </span>
        <span className="dim">{money(trial.stranded)} stranded</span>
        {changed && <span className="dim">{money(published.value)} as the run judged it</span>}
        {simulation.customer === null && customers > 1 && <span className="dim">{formatCount(customers)} customers</span>}
      </p>
      <section className={parts.scroll} aria-label="Value by horizon, as a table">
        <table className={parts.table}>
          <thead>
            <tr>
              <th scope="col">After</th>
              {simulation.horizons.map(({ months }) => (
                <th key={months} scope="col" className={parts.right}>
                  {months === 0 ? 'at once' : `${months} months`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                Value a year <span className={parts.unit}>{currency}</span>
              </th>
              {simulation.horizons.map(({ months, value }) => (
                <td key={months} className={`${parts.right}${value < 0 ? ' loss' : ''}`}>
                  {formatMoney(value, currency, { compact: true, currencyDisplay: 'none' })}
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">
                Stranded <span className={parts.unit}>{currency}</span>
              </th>
              {simulation.horizons.map(({ months, stranded }) => (
                <td key={months} className={parts.right}>
                  {formatMoney(stranded, currency, { compact: true, currencyDisplay: 'none' })}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </section>
    </div>
  )
}
