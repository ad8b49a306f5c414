import type { Sql } from '../../sql.ts'
import { sql } from '../../sql.ts'
import type { LayoutContext, LayoutFindings } from './layout.ts'

const cent = sql`cast(0.0151 as decimal(10, 4))`
const line = sql`cast(quantity as decimal(38, 4)) * unit_price`

/** Counts on the rows which meaning of the columns the arithmetic bears out; asks where it does not say. */
export async function examineOrderLines(
  context: LayoutContext,
  typed: Sql,
  ask: (query: Sql) => Promise<Record<string, unknown>>,
): Promise<LayoutFindings> {
  const { has, answers } = context
  const findings: LayoutFindings = { questions: [], answers: {}, assumptions: [] }
  if (has('discount') && answers.discount === undefined) await settleDiscount()
  if (has('amount') && has('unit_price') && answers['unit-price'] === undefined) await settleUnitPrice()
  if (has('amount') && has('order_id') && answers['amount-scope'] === undefined) await settleScope()
  return findings

  async function settleDiscount(): Promise<void> {
    const proof = has('amount') && has('unit_price') && has('quantity')
    const found = await ask(sql`
      select
        count(*) filter (where discount <> 0) as given,
        cast(min(discount) as varchar) as low,
        cast(max(discount) as varchar) as high,
        count(*) filter (where discount <> 0 and ${proof ? sql`abs(amount - ${line} * (1 - cast(discount as decimal(18, 4)))) <= ${cent}` : sql`false`}) as fraction,
        count(*) filter (where discount <> 0 and ${proof ? sql`abs(amount * 100 - ${line} * (100 - cast(discount as decimal(18, 4)))) <= 100 * ${cent}` : sql`false`}) as percent,
        count(*) filter (where discount <> 0 and ${proof ? sql`abs(amount - (${line} - discount)) <= ${cent}` : sql`false`}) as amount
      from ${typed}`)
    const given = Number(found.given)
    const high = Number(found.high)
    const low = Number(found.low)
    const settle = (meaning: string, why: string) => {
      findings.answers.discount = meaning
      findings.assumptions.push(
        `Discounts are ${meaning === 'fraction' ? 'fractions (0.2 is 20 %)' : meaning === 'percent' ? 'percentages' : 'amounts of money'}: ${why}.`,
      )
    }
    if (given === 0) {
      findings.answers.discount = 'fraction'
      return
    }
    const proven = (['fraction', 'percent', 'amount'] as const).filter((meaning) => Number(found[meaning]) >= 0.95 * given)
    if (proven.length === 1) settle(proven[0], `amount, quantity and unit price bear it out in ${found[proven[0]]} of ${given} lines`)
    else if (low >= 0 && high <= 1) settle('fraction', `they lie between ${plain(found.low)} and ${plain(found.high)}`)
    else if (high > 100) settle('amount', `they go up to ${plain(found.high)}`)
    else
      findings.questions.push({
        id: 'discount',
        title: 'What is the discount column?',
        why: `Its values go from ${plain(found.low)} to ${plain(found.high)}: percent or money.`,
        options: [
          { value: 'percent', label: 'percent of the list price', example: `${plain(found.high)} = ${plain(found.high)} %` },
          { value: 'amount', label: 'money off the line' },
          { value: 'fraction', label: 'fraction of the list price', example: '0.2 = 20 %' },
          { value: 'none', label: 'leave it out' },
        ],
        suggested: 'percent',
      })
  }

  async function settleUnitPrice(): Promise<void> {
    const found = await ask(sql`
      select
        count(*) filter (where quantity <> 0) as lines,
        count(*) filter (where quantity <> 0 and abs(amount - ${line}) <= ${cent}) as net,
        count(*) filter (where quantity <> 0 and abs(amount) <= abs(${line}) + ${cent}) as below,
        count(*) filter (where quantity not in (0, 1, -1) and abs(amount - unit_price) <= ${cent}) as same
      from ${typed}
      where amount is not null and unit_price is not null`)
    const lines = Number(found.lines)
    if (lines === 0) return
    if (Number(found.net) >= 0.99 * lines) findings.answers['unit-price'] = 'net'
    else if (Number(found.below) >= 0.99 * lines) {
      findings.answers['unit-price'] = 'list'
      findings.assumptions.push(
        `The unit price is taken as the list price: the net amount is at most quantity x unit price in ${found.below} of ${lines} lines.`,
      )
    } else {
      findings.answers['unit-price'] = 'net'
      findings.assumptions.push(
        `Quantity x unit price gives the net amount in only ${found.net} of ${lines} lines; the net amount is used.`,
      )
    }
  }

  /** A total of the order that is repeated on each of its lines would be counted many times. */
  async function settleScope(): Promise<void> {
    const found = await ask(sql`
      select
        count(*) as orders,
        count(*) filter (where low = high) as same,
        min(order_id) filter (where low = high) as example
      from (
        select order_id, count(*) as lines, min(amount) as low, max(amount) as high
        from ${typed}
        where order_id is not null and amount is not null and amount <> 0
        group by order_id
        having count(*) > 1
      )`)
    const orders = Number(found.orders)
    if (!(orders >= 10 && Number(found.same) >= 0.98 * orders)) return
    findings.questions.push({
      id: 'amount-scope',
      title: 'Is the amount that of the line or of the whole order?',
      why: `In ${found.same} of ${orders} orders with several lines each line bears the same amount, such as order ${found.example}.`,
      options: [
        { value: 'line', label: 'of the line: add them up' },
        { value: 'order', label: 'of the order, repeated on each line: count it once' },
      ],
      suggested: 'order',
    })
  }
}

function plain(value: unknown): string {
  return String(value)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}
