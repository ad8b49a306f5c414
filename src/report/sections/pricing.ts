import { type ChartContext, priceComparison, priceWaterfall } from '../../charts/index.ts'
import { formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import type { ReportData } from '../data.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { column, printTable } from '../tables.ts'

/** From list price to pocket, for everybody, and against the period before. */
export function pricingSection(data: ReportData, context: ChartContext): Section | null {
  const rows = data.priceWaterfall?.rows.filter((row) => row.scope === 'all') ?? []
  const of = (span: string): Row[] => rows.filter((row) => row.span === span)
  const whole = of('whole')
  if (whole.length === 0) return null
  const [previous, current] = [of('previous'), of('current')]
  return {
    id: 'pricing',
    title: 'From list price to pocket',
    lede: 'What is given on the invoice and after it, and how much of the list price stays.',
    body: html`${figureOf(priceWaterfall(whole, context))}
${previous.length > 0 && current.length > 0 ? figureOf(priceComparison({ title: 'Previous period', rows: previous }, { title: 'Current period', rows: current }, context)) : ''}
${printTable({
  columns: [
    { ...column('title', 'Step', 'text'), room: 'name' },
    column('amount', 'Amount', 'money_sum'),
    {
      title: 'Of list',
      type: 'ratio',
      value: (row) => (typeof row.share_of_list === 'number' ? formatRatio(row.share_of_list) : undefined),
    },
    column('accrued', 'Of which accrued', 'money_sum'),
    { ...column('owner', 'Owner', 'text'), value: (row) => row.owner ?? '' },
    { ...column('reason', 'Why not', 'text'), room: 'words', value: (row) => row.reason ?? '' },
  ],
  rows: whole,
  currency: context.currency,
  rowClass: (row) => (row.role === 'level' ? 'level' : 'step'),
})}`,
  }
}
