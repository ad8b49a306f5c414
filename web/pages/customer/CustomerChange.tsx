import { useMemo } from 'react'
import { bridgeWaterfall } from '../../../src/charts/index.ts'
import { formatDate } from '../../../src/shared/format.ts'
import type { Customer, Row } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Term } from '../../parts/Term.tsx'
import { Num, showCell } from '../../parts/values.tsx'
import { customerContext } from './CustomerCharts.tsx'

const effects: [string, string][] = [
  ['price_effect', 'price'],
  ['unit_cost_effect', 'unit_cost'],
  ['quantity_effect', 'volume'],
  ['new_effect', 'new'],
  ['lost_effect', 'lost'],
]

/** Why the customer's profit is what it is compared with the period before: effect by effect, adding up exactly. */
export function CustomerChange({ customer }: { customer: Customer }) {
  const { change } = customer
  const context = customerContext(customer)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the context follows from the customer
  const chart = useMemo(
    () => (change ? bridgeWaterfall({ effects: bridgeRows(change.row, change.contract.columns), periods: change.periods }, context) : null),
    [customer],
  )
  if (!change) {
    return (
      <Section title="What changed" id="change">
        <p className="dim">The two periods that are compared hold no line of this customer.</p>
      </Section>
    )
  }
  const { row, contract } = change
  const { currency } = customer.workspace
  const names = ['previous_measure', ...effects.map(([name]) => name), 'current_measure'].filter(
    (name) => row[name] !== null && row[name] !== undefined,
  )
  const nameOf = (name: string, title: string): string =>
    context.measure === 'contribution'
      ? title
      : name === 'previous_measure'
        ? 'Net revenue before'
        : name === 'current_measure'
          ? 'Net revenue now'
          : title
  const [previous, current] = change.periods
  return (
    <Section
      title="What changed"
      id="change"
      lead={
        previous && current
          ? `${formatDate(String(current.from_date))} to ${formatDate(String(current.to_date))} against ${formatDate(String(previous.from_date))} to ${formatDate(String(previous.to_date))}: ${String(row.status)} customer`
          : String(row.status)
      }
    >
      {chart && !chart.empty && <Exhibit chart={chart} currency={currency} />}
      <table className={parts.table} style={{ marginTop: 8 }}>
        <thead>
          <tr>
            <th scope="col">Effect</th>
            <th scope="col" className={parts.right}>
              Amount <span className={parts.unit}>{currency}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const column = contract.columns[name]!
            return (
              <tr key={name} className={name.endsWith('_measure') ? parts.strong : undefined}>
                <th scope="row">
                  <Term of={{ ...column, title: nameOf(name, column.title) }} />
                </th>
                <td className={parts.right}>
                  <Num
                    text={showCell(row[name], column, currency, { sign: !name.endsWith('_measure') })}
                    value={row[name]}
                    target={{ table: contract.name, where: { customer_id: String(row.customer_id) }, column: name }}
                  />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Section>
  )
}

function bridgeRows(row: Row, columns: Customer['profit']['contract']['columns']): Row[] {
  const list: [string, string, string][] = [
    ['opening', 'Before', 'previous_measure'],
    ...effects.map(([name, effect]): [string, string, string] => [effect, columns[name]?.title ?? name, name]),
    ['closing', 'Now', 'current_measure'],
  ]
  return list.map(([effect, title, name], position) => ({
    position: position + 1,
    effect,
    title,
    amount: row[name] ?? null,
    cells: 0,
    formula: '',
    meaning: columns[name]?.meaning ?? '',
  }))
}
