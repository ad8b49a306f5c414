import type { StepContext } from '../../pipeline/step.ts'
import { absoluteDecimal, compareDecimals, ratioOf, signOf, subtractDecimals } from '../../shared/decimal.ts'
import { formatMoney, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import type { WaterfallSettings } from './waterfall.sql.ts'

/** Says where the money between list and pocket goes, and what is promised but not yet paid. */
export async function sayWaterfall(context: StepContext<unknown>, rows: readonly Row[], settings: WaterfallSettings): Promise<void> {
  const { finding, figure, currency } = context
  const whole = rows.filter((row) => row.scope === 'all' && row.span === 'whole')
  const of = (step: string) => whole.find((row) => row.step === step)?.amount as string | null | undefined
  const [list, net, pocket] = [of('list_revenue') ?? null, String(of('net_revenue')), String(of('pocket_revenue'))]
  const off = whole.filter((row) => row.side === 'off_invoice' && row.amount !== null)
  const money = (value: string) => formatMoney(value, currency, { compact: true })

  figure({
    name: 'pocket_revenue',
    title: 'Pocket revenue',
    value: pocket,
    type: 'money',
    meaning: 'What stays of revenue after everything that was given to customers, on the invoice or later.',
    formula: 'net revenue - rebates, bonuses and allowances after the invoice',
    ...(off.length === 0 ? { missing: 'No price element after the invoice is loaded, so it equals net revenue.' } : {}),
    explain: { table: 'price_waterfall', where: where(whole, 'pocket_revenue'), column: 'amount' },
  })
  const realised = realisation(whole)
  figure({
    name: 'price_realisation',
    title: 'Price realisation',
    value: realised,
    type: 'ratio',
    meaning: 'How much of the list price reaches the pocket. Returns are kept out: goods that come back are no discount.',
    formula: '(invoiced revenue - after the invoice) / list revenue',
    ...(realised === null ? { missing: 'Needs a list price on the order lines, or price elements on the invoice.' } : {}),
    explain: { table: 'price_waterfall', where: where(whole, 'list_revenue'), column: 'amount' },
  })

  if (list !== null && realised !== null && signOf(list) > 0) {
    const steps = whole
      .filter((row) => (row.side === 'on_invoice' || row.side === 'off_invoice') && row.amount !== null && signOf(String(row.amount)) < 0)
      .map((row) => ({
        title: String(row.title),
        amount: absoluteDecimal(String(row.amount)),
        share: ratioOf(absoluteDecimal(String(row.amount)), list) ?? 0,
      }))
      .sort((a, b) => b.share - a.share)
    if (steps.length > 0) {
      finding({
        name: 'pocket-price',
        text:
          `Of every 100 at list price ${formatRatio(realised).replace(' %', '')} reach the pocket; on the way go ` +
          `${steps
            .slice(0, 3)
            .map(({ title, share }) => `${title.toLowerCase()} ${share < 0.0005 ? 'under 0.1' : formatRatio(share).replace(' %', '')}`)
            .join(', ')}.`,
        doubt: settings.list
          ? 'A list price that nobody pays makes what is given away look larger than it is.'
          : 'No list price is loaded: list is the invoice plus the discounts that price elements name.',
        weight: 52,
        kind: 'neutral',
        link: '/pricing',
      })
    }
  }
  if (off.length > 0 && signOf(net) > 0) {
    const [largest] = [...off].sort((a, b) => compareDecimals(String(a.amount), String(b.amount)))
    const total = ratioOf(subtractDecimals(net, pocket), net) ?? 0
    finding({
      name: 'given-after-the-invoice',
      text: `${formatRatio(total)} of net revenue is given after the invoice, where no price list shows it; most is ${String(largest.title).toLowerCase()}, ${money(absoluteDecimal(String(largest.amount)))}${largest.owner ? ` (decided by ${largest.owner})` : ''}.`,
      action: `${largest.owner ? `${largest.owner} with finance` : 'Finance with sales'}: ask of each element what it buys; stop or renegotiate what buys nothing.`,
      weight: 50,
      kind: 'bad',
      link: '/pricing',
    })
  } else if (off.length === 0) {
    finding({
      name: 'no-price-elements',
      text: 'Nothing is known of rebates, bonuses and allowances after the invoice, so pocket price is invoice price.',
      action: 'Finance: load price elements (customer, month, name, amount) to see what is given where no price list shows it.',
      weight: 12,
      kind: 'data',
      link: '/data/import',
    })
  }
  await sayAccrued(context)
}

const where = (rows: readonly Row[], step: string) => ({
  scope: 'all',
  scope_key: 'all',
  span: 'whole',
  position: Number(rows.find((row) => row.step === step)?.position ?? 1),
})

/** (invoiced - after the invoice) / list; null without a list. */
function realisation(rows: readonly Row[]): number | null {
  const of = (step: string) => rows.find((row) => row.step === step)?.amount
  const list = of('list_revenue')
  if (list === null || list === undefined || signOf(String(list)) <= 0) return null
  const given = subtractDecimals(String(of('net_revenue')), String(of('pocket_revenue')))
  return ratioOf(subtractDecimals(String(of('invoiced_revenue')), given), String(list))
}

async function sayAccrued({ warehouse, signal, finding, currency }: StepContext<unknown>): Promise<void> {
  const rows = await warehouse.rows(
    sql`
    select element, sum(accrued) as accrued, min(month) as since, sum(settled) as settled
    from price_element_month
    where accrued <> 0
    group by element
    order by sum(accrued) desc, element`,
    { signal },
  )
  if (rows.length === 0) return
  const [row] = rows
  const [customer] = await warehouse.rows(
    sql`
    select profit.customer_id, profit.name, element.accrued
    from customer_price_element as element
    join customer_profit as profit on profit.customer_id = element.customer_id
    where element.span = 'whole' and element.element = ${String(row.element)}
    order by element.accrued desc, profit.customer_id
    limit 1`,
    { signal },
  )
  finding({
    name: 'rebates-accrued',
    text:
      `${formatMoney(String(row.accrued), currency, { compact: true })} of ${String(row.element).toLowerCase()} is promised and booked by expectation, to be paid later` +
      `${customer ? `; most of it to ${customer.name} (${formatMoney(String(customer.accrued), currency, { compact: true })})` : ''}.`,
    doubt: 'An accrual is an expectation: it is trued up when the tier that is reached is known.',
    action: 'Finance: see who will miss or pass a tier before the year ends, and true the accrual up.',
    weight: 47,
    kind: 'neutral',
    link: '/pricing',
    ...(customer ? { customers: [String(customer.customer_id)] } : {}),
  })
}
