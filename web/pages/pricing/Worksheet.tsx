import { Button, Checkbox, NumberInput, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { type ChartContext, economicValueSteps } from '../../../src/charts/index.ts'
import { economicValueUrl, useEconomicValue } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Failed } from '../../parts/States.tsx'
import own from './pricing.module.css'

type Part = 'functional' | 'startUp' | 'postPurchase'
interface Line {
  name: string
  amount: number
  once?: boolean
  probability?: number
}
interface Sheet extends Partial<Record<Part, Line[]>> {
  reference: number
  price?: number
  switchingCost?: number
  ourCost?: number
  years?: number
  discountPerYear?: number
}

const titles: Record<Part, string> = {
  functional: 'What it does better in use',
  startUp: 'What starting with it saves',
  postPurchase: 'What owning it saves later',
}

/** The type example of the literature, to begin with. */
const example: Sheet = {
  reference: 300,
  price: 850,
  functional: [{ name: 'More output', amount: 350 }],
  startUp: [{ name: 'Shorter installation', amount: 100, once: true }],
  postPurchase: [{ name: 'Less maintenance', amount: 200 }],
}

function readSheet(text: string | undefined): Sheet {
  try {
    const value = JSON.parse(text ?? '') as Sheet
    return typeof value === 'object' && value !== null && typeof value.reference === 'number' ? value : example
  } catch {
    return example
  }
}

/** What ours is worth to a customer against its best alternative; the worksheet stands in the address, so it can be sent and kept. */
export function Worksheet({ evc, context, onChange }: { evc: string | undefined; context: ChartContext; onChange: (evc: string) => void }) {
  const [sheet, setSheet] = useState(() => readSheet(evc))
  const text = JSON.stringify(sheet)
  const answer = useEconomicValue(text)
  const set = (change: Partial<Sheet>) => {
    const next = { ...sheet, ...change }
    setSheet(next)
    onChange(JSON.stringify(next))
  }
  const chart = useMemo(
    () => (answer.data ? economicValueSteps(answer.data, sheet.price ?? null, context) : null),
    [answer.data, sheet.price, context],
  )
  const number = (
    name: keyof Sheet & ('reference' | 'price' | 'switchingCost' | 'ourCost' | 'years'),
    label: string,
    description: string,
  ) => (
    <NumberInput
      label={`${label}${name === 'years' ? '' : `, ${context.currency}`}`}
      description={description}
      value={sheet[name] ?? ''}
      min={name === 'years' ? 1 : 0}
      {...(name === 'years' ? { max: 50, allowDecimal: false } : {})}
      hideControls
      onChange={(value) => set({ [name]: value === '' ? (name === 'reference' ? 0 : undefined) : Number(value) })}
    />
  )
  return (
    <div className={`${parts.grid2} ${parts.exhibits}`} style={{ marginTop: 24 }}>
      <form className={own.sheet} onSubmit={(event) => event.preventDefault()} aria-label="Economic value worksheet">
        <div className={own.fields}>
          {number('reference', 'Price of the alternative', 'The best the customer really has, doing nothing included')}
          {number('price', 'Our price', 'To see what the customer keeps')}
          {number('switchingCost', 'Switching cost', 'What the change costs the customer')}
          {number('ourCost', 'Our avoidable cost', 'The floor of the price')}
          {number('years', 'Years', 'Over which advantages come')}
          <NumberInput
            label="Discount per year, %"
            description="Nothing for one year"
            value={sheet.discountPerYear === undefined ? '' : Math.round(1000 * sheet.discountPerYear) / 10}
            min={0}
            max={100}
            hideControls
            onChange={(value) => set({ discountPerYear: value === '' ? undefined : Number(value) / 100 })}
          />
        </div>
        {(Object.keys(titles) as Part[]).map((part) => (
          <Lines
            key={part}
            title={titles[part]}
            lines={sheet[part] ?? []}
            currency={context.currency}
            onChange={(lines) => set({ [part]: lines })}
          />
        ))}
      </form>
      <div>
        {answer.error ? (
          <Failed error={answer.error} />
        ) : chart ? (
          <Exhibit chart={chart} currency={context.currency} />
        ) : (
          <Bone height={320} />
        )}
        {answer.data && (
          <p style={{ marginTop: 8 }} role="status">
            {answer.data.verdict}
          </p>
        )}
        <Button component="a" href={economicValueUrl(text)} variant="default" size="xs" mt={12} className="no-print">
          Workbook with formulas
        </Button>
      </div>
    </div>
  )
}

function Lines({
  title,
  lines,
  currency,
  onChange,
}: {
  title: string
  lines: Line[]
  currency: string
  onChange: (lines: Line[]) => void
}) {
  const change = (at: number, part: Partial<Line>) => onChange(lines.map((line, i) => (i === at ? { ...line, ...part } : line)))
  return (
    <fieldset className={own.lines}>
      <legend>{title}</legend>
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own while they are typed
        <div key={i} className={own.line}>
          <TextInput
            aria-label={`${title}: what, line ${i + 1}`}
            placeholder="What"
            value={line.name}
            onChange={(event) => change(i, { name: event.currentTarget.value || '?' })}
          />
          <NumberInput
            aria-label={`${title}: amount in ${currency}, line ${i + 1}`}
            value={line.amount}
            hideControls
            onChange={(value) => change(i, { amount: Number(value) || 0 })}
          />
          <NumberInput
            aria-label={`${title}: chance in per cent, line ${i + 1}`}
            value={Math.round(100 * (line.probability ?? 1))}
            suffix=" %"
            min={0}
            max={100}
            hideControls
            onChange={(value) => change(i, { probability: Math.min(1, Math.max(0, (Number(value) || 0) / 100)) })}
          />
          <Checkbox label="once" checked={line.once ?? false} onChange={(event) => change(i, { once: event.currentTarget.checked })} />
          <button
            type="button"
            className={parts.tool}
            aria-label={`${title}: remove line ${i + 1}`}
            onClick={() => onChange(lines.filter((_, at) => at !== i))}
          >
            ×
          </button>
        </div>
      ))}
      <Button variant="subtle" size="xs" onClick={() => onChange([...lines, { name: 'New advantage', amount: 0 }])}>
        Add a line
      </Button>
    </fieldset>
  )
}
