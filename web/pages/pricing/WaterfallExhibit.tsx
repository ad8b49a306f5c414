import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type ChartContext, priceComparison, priceWaterfall } from '../../../src/charts/index.ts'
import { formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, type PriceWaterfall, tablePageOptions, usePriceWaterfall, type WaterfallQuestion } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import classes from '../../parts/parts.module.css'
import { Bone, Show } from '../../parts/States.tsx'
import own from './pricing.module.css'
import { parseWhose, printWhose } from './search.ts'

const spanWords = { whole: 'all data', previous: 'previous period', current: 'current period' }

export const titleOf = ({ title, span }: PriceWaterfall): string => (span === 'whole' ? title : `${title}, ${spanWords[span]}`)

/** Whose waterfall to look at, and what to hold it against; both stand in the address. */
export function WaterfallExhibit({
  portfolio,
  context,
  show,
  against,
  onChange,
}: {
  portfolio: Portfolio
  context: ChartContext
  show: string | undefined
  against: string | undefined
  onChange: (change: { show?: string; against?: string }) => void
}) {
  const snapshot = portfolio.snapshot.id
  const choices = useChoices(snapshot, portfolio.periods !== null && portfolio.periods.rows.length > 0)
  const first = parseWhose(show ?? 'all') as WaterfallQuestion
  const second = against ? parseWhose(against) : undefined
  const one = usePriceWaterfall(first, snapshot)
  const other = usePriceWaterfall(second, snapshot)
  const waterfall = useMemo(
    () => (one.data ? priceWaterfall(one.data.rows, context, one.data.scope === 'all' ? 'all customers' : one.data.title) : null),
    [one.data, context],
  )
  const comparison = useMemo(
    () =>
      second && one.data && other.data
        ? priceComparison({ title: titleOf(other.data), rows: other.data.rows }, { title: titleOf(one.data), rows: one.data.rows }, context)
        : null,
    [second, one.data, other.data, context],
  )
  const currency = portfolio.workspace.currency
  return (
    <>
      <div className={`${own.controls} no-print`}>
        <Choice label="Show" value={printWhose(first)} choices={choices} onChange={(value) => onChange({ show: value ?? 'all' })} />
        <Choice
          label="Compare with"
          value={second ? printWhose(second) : null}
          choices={choices}
          clearable
          onChange={(value) => onChange({ against: value ?? '' })}
        />
      </div>
      {portfolio.periods && portfolio.periods.rows.length === 2 && (
        <p className="small dim tab">
          Previous period: {spanText(portfolio, 'previous')}. Current period: {spanText(portfolio, 'current')}.
        </p>
      )}
      <div className={second ? `${classes.grid2} ${classes.exhibits}` : classes.exhibits} style={{ marginTop: 16 }}>
        <Show query={one} shape={<Bone height={360} />}>
          {() => (waterfall ? <Exhibit chart={waterfall} currency={currency} heading="h3" /> : null)}
        </Show>
        {second && (
          <Show query={other} shape={<Bone height={360} />}>
            {() => (comparison ? <Exhibit chart={comparison} currency={currency} heading="h3" /> : <Bone height={360} />)}
          </Show>
        )}
      </div>
    </>
  )
}

function spanText(portfolio: Portfolio, which: string): string {
  const row = portfolio.periods?.rows.find(({ period }) => period === which)
  return row ? `${formatDate(String(row.from_date))} to ${formatDate(String(row.to_date))}` : ''
}

interface Group {
  group: string
  items: { value: string; label: string }[]
}

function useChoices(snapshot: string, periods: boolean): Group[] {
  const segments = useQuery(
    tablePageOptions(
      'price_waterfall',
      {
        snapshot,
        filters: JSON.stringify([
          { column: 'scope', op: 'eq', value: 'segment' },
          { column: 'step', op: 'eq', value: 'net_revenue' },
          { column: 'span', op: 'eq', value: 'whole' },
        ]),
      },
      0,
      200,
      false,
    ),
  ).data
  const customers = useQuery(
    tablePageOptions(
      'customer_price',
      {
        snapshot,
        filters: JSON.stringify([
          { column: 'span', op: 'eq', value: 'whole' },
          { column: 'customer_id', op: 'ne', value: '(unidentified)' },
        ]),
        sort: '-invoiced_revenue',
      },
      0,
      200,
      false,
    ),
  ).data
  return useMemo(() => {
    const spans: WaterfallQuestion['span'][] = periods ? ['whole', 'current', 'previous'] : ['whole']
    const item = (question: WaterfallQuestion, title: string) => ({
      value: printWhose(question),
      label: question.span === 'whole' ? title : `${title}, ${spanWords[question.span]}`,
    })
    const groups: Group[] = [{ group: 'Everybody', items: spans.map((span) => item({ scope: 'all', key: 'all', span }, 'All customers')) }]
    const keys = (segments?.rows ?? []).map((row) => String(row.scope_key))
    if (keys.length > 0)
      groups.push({
        group: 'Segments',
        items: keys.flatMap((key) => spans.map((span) => item({ scope: 'segment', key, span }, `Segment ${key}`))),
      })
    const named = (customers?.rows ?? []).map((row) => ({
      key: String(row.customer_id),
      title: row.name === row.customer_id ? String(row.name) : `${row.name} (${row.customer_id})`,
    }))
    if (named.length > 0)
      groups.push({
        group: 'Customers, largest first',
        items: named.flatMap(({ key, title }) => spans.map((span) => item({ scope: 'customer', key, span }, title))),
      })
    return groups
  }, [segments, customers, periods])
}

function Choice({
  label,
  value,
  choices,
  clearable = false,
  onChange,
}: {
  label: string
  value: string | null
  choices: Group[]
  clearable?: boolean
  onChange: (value: string | null) => void
}) {
  const known = value === null || choices.some(({ items }) => items.some((item) => item.value === value))
  const data = known
    ? choices
    : [{ group: 'Chosen', items: [{ value: value as string, label: (value as string).replace(/^\w+:/, '') }] }, ...choices]
  return (
    <Select
      label={label}
      data={data}
      value={value}
      onChange={onChange}
      searchable
      clearable={clearable}
      allowDeselect={false}
      limit={120}
      placeholder={clearable ? 'nothing' : ''}
      nothingFoundMessage="Nobody of that name among the 200 largest; a customer’s own page shows its waterfall."
      clearButtonProps={{ 'aria-label': `${label}: clear` }}
      style={{ minWidth: 260, flex: '1 1 260px', maxWidth: 420 }}
    />
  )
}
