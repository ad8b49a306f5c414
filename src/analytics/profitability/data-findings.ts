import type { Finding, StepContext } from '../../pipeline/step.ts'
import { absoluteDecimal, ratioOf, subtractDecimals } from '../../shared/decimal.ts'
import { formatCount, formatCounted, formatDate, formatMoney, formatMonth, formatShare } from '../../shared/format.ts'
import { countOf } from './control-totals.ts'
import * as query from './data-findings.sql.ts'
import type { Portfolio } from './layers.ts'
import { lastDayOf } from './periods.ts'

/** What the data does not say or says twice: each with what it would change and who can mend it. */
export async function dataFindings(context: StepContext, portfolio: Portfolio): Promise<Finding[]> {
  const found = [
    withoutCustomer(context, portfolio),
    withoutCost(context, portfolio),
    withoutPrice(portfolio),
    incompleteMonths(portfolio),
    await unmatchedReturns(context, portfolio),
    ...(await loadedTwice(context)),
    ...(await lookAlikes(context, portfolio.customers)),
  ]
  return found.filter((finding) => finding !== null)
}

function withoutCustomer({ currency }: StepContext, { totals, identified, control }: Portfolio): Finding | null {
  const lines = countOf(control, (row) => !row.identified)
  if (lines === 0) return null
  const amount = subtractDecimals(totals.net_revenue, identified.net_revenue)
  const share = ratioOf(amount, totals.net_revenue)
  return {
    name: 'lines-without-customer',
    text:
      `${formatCounted(lines, 'line')} worth ${formatMoney(amount, currency, { compact: true })} ` +
      `(${formatShare(share)} of net revenue) name no customer.`,
    doubt: 'They stay in all totals as “unidentified” and in no statement about customers.',
    action: 'Sales operations: record who buys (account, loyalty number, e-mail) where the order is taken.',
    weight: 30 + 50 * Math.min(1, Math.abs(share ?? 0)),
    kind: 'data',
    link: '/data',
  }
}

function withoutCost({ currency }: StepContext, { available, totals }: Portfolio): Finding | null {
  if (!available.cost) {
    return {
      name: 'no-product-cost',
      text: 'The data has no product cost: customers are ranked by net revenue, and nothing here is profit.',
      doubt: 'Large customers often get the lowest prices; by profit the order can be quite another.',
      action: 'Finance: load a product file with unit costs, or a cost column with the orders, to see contribution.',
      weight: 62,
      kind: 'data',
      link: '/data',
    }
  }
  const amount = totals.revenue_without_cost ?? '0'
  const share = ratioOf(amount, totals.net_revenue)
  if (share === null || Math.abs(share) < 0.001) return null
  return {
    name: 'revenue-without-cost',
    text: `${formatShare(share)} of net revenue (${formatMoney(amount, currency, { compact: true })}) is of goods whose cost is not known; it is in no contribution.`,
    action: 'Finance: add the missing unit costs to the product file.',
    weight: 20 + 50 * Math.min(1, Math.abs(share)),
    kind: 'data',
    link: '/data',
  }
}

function withoutPrice({ control }: Portfolio): Finding | null {
  const free = control.reduce((sum, row) => sum + row.linesWithoutPrice, 0)
  if (free === 0) return null
  const share = free / countOf(control)
  return {
    name: 'lines-at-zero-price',
    text: `${formatCounted(free, 'line')} (${formatShare(share)}) were booked at a price of zero.`,
    doubt: 'Samples, replacements, or stock corrections: the file does not say which.',
    action: 'Sales operations: tell gifts from corrections in the order system; gifts are a cost of serving the customer.',
    weight: 12 + 20 * Math.min(1, 10 * share),
    kind: 'data',
    link: '/data',
  }
}

function incompleteMonths({ coverage, complete }: Portfolio): Finding | null {
  const { firstDate, lastDate } = coverage
  const first = `${firstDate.slice(0, 7)}-01`
  const last = `${lastDate.slice(0, 7)}-01`
  if (!complete) {
    return {
      name: 'no-complete-month',
      text: `The data covers ${formatDate(firstDate)} to ${formatDate(lastDate)}: no whole month, so nothing can be compared.`,
      action: 'Finance: load at least two whole months; two years show the seasons.',
      weight: 45,
      kind: 'data',
      link: '/data',
    }
  }
  const parts = [
    ...(first < complete.from ? [`${formatMonth(first)} begins on ${formatDate(firstDate)}`] : []),
    ...(last > complete.to ? [`${formatMonth(last)} ends on ${formatDate(lastDate)}`] : []),
  ]
  if (parts.length === 0) return null
  return {
    name: 'incomplete-months',
    text: `${parts.join(' and ')}: ${parts.length === 1 ? 'this month is' : 'these months are'} covered in part and left out of comparisons.`,
    weight: 15,
    kind: 'data',
    link: '/data',
  }
}

async function unmatchedReturns(
  { warehouse, signal, currency }: StepContext,
  { control, totals, detailed }: Portfolio,
): Promise<Finding | null> {
  if (!detailed) return null
  const returned = (row: { kind: string; identified: boolean }) => row.kind === 'return' && row.identified
  const all = countOf(control, returned)
  if (all === 0) return null
  await warehouse.materialise('returned_pair', query.returnedPairs(), { signal })
  const [row] = await warehouse.rows(query.unmatchedReturns(), { signal })
  const lines = Number(row.lines)
  if (lines === 0) return null
  const share = ratioOf(absoluteDecimal(String(row.amount)), totals.net_revenue) ?? 0
  return {
    name: 'returns-without-sale',
    text:
      `${formatCounted(lines, 'returned line')} of ${formatCount(all)}, worth ${formatMoney(String(row.amount), currency, { compact: true })}, ` +
      'have no earlier sale of the same product to the same customer, or too small a one.',
    doubt: 'Mostly sales from before the first day of the data; they lower the profit of the customers concerned.',
    action: 'Finance: load earlier orders, or look at the largest ones for credit notes that were booked on the wrong account.',
    weight: 14 + 60 * Math.min(1, Math.abs(share)),
    kind: 'data',
    link: '/data',
  }
}

/**
 * Months that look loaded twice, whole or in part: far more of their lines repeat an earlier one of the file than in other months, or there
 * are more lines than in the months around them and far more of them have a twin.
 */
async function loadedTwice({ warehouse, signal, currency }: StepContext): Promise<Finding[]> {
  const months = (await warehouse.rows(query.linesByMonth(warehouse.dialect), { signal })).map((row) => ({
    month: String(row.month),
    lines: Number(row.lines),
  }))
  const repeated = new Map(
    (await warehouse.rows(query.repeatedByMonth(warehouse.dialect), { signal })).map((row) => [String(row.month), row]),
  )
  const count = (month: string) => Number(repeated.get(month)?.repeated ?? 0)
  const all = months.reduce((sum, { month, lines }) => ({ lines: sum.lines + lines, repeated: sum.repeated + count(month) }), {
    lines: 0,
    repeated: 0,
  })
  const twins = async (month: string) => {
    const [row] = await warehouse.rows(query.twinsInMonth(month, lastDayOf(month)), { signal })
    return { share: Number(row.in_pairs) / Math.max(1, Number(row.lines)), lines: Number(row.in_pairs) / 2, amount: String(row.surplus) }
  }
  const found: { month: string; lines: number; of: number; amount: string }[] = []
  for (const [i, { month, lines }] of months.entries()) {
    const elsewhere = (all.repeated - count(month)) / Math.max(1, all.lines - lines)
    if (count(month) > 0.1 * lines && count(month) > 5 * elsewhere * lines) {
      found.push({ month, lines: count(month), of: lines, amount: String(repeated.get(month)?.amount) })
      continue
    }
    const around = [months[i - 1], months[i + 1]].filter((near) => near !== undefined)
    if (around.length === 0 || lines < 1.3 * Math.max(...around.map((near) => near.lines))) continue
    const here = await twins(month)
    if (here.share > 0.3 && here.share > 4 * (await twins(around[0].month)).share) {
      found.push({ month, lines: here.lines, of: lines, amount: here.amount })
    }
  }
  return found.slice(0, 3).map(({ month, lines, of, amount }) => ({
    name: 'month-loaded-twice',
    text:
      `${formatMonth(month)} looks loaded twice${lines < 0.4 * of ? ' in part' : ''}: ${formatCount(lines)} of its ${formatCount(of)} lines repeat ` +
      `another one exactly. If so, revenue is ${formatMoney(amount, currency, { compact: true })} too high.`,
    doubt: 'Same customer, product, day, quantity and amount; in other months that is rare.',
    action: 'Finance: check the month against the ledger; take the import back, remove what stands twice, and import again.',
    weight: 88,
    kind: 'data' as const,
    link: '/data',
  }))
}

/** Beyond this many customers nobody merges accounts by hand, and reading every name would take longer than the layers. */
const mostAccounts = 200_000

async function lookAlikes({ warehouse, signal, has }: StepContext, customerCount: number): Promise<Finding[]> {
  if (!has('customer') || customerCount > mostAccounts) return []
  const found: Finding[] = []
  const ids = await warehouse.rows(query.lookAlikeIds(20), { signal })
  if (ids.length > 0) {
    const [first] = ids
    found.push({
      name: 'look-alike-customers',
      text:
        `${formatCounted(ids.length, 'pair')}${ids.length === 20 ? ' or more' : ''} of customer ids cannot be told apart by eye, ` +
        `such as ${quoted(first.first_id)} and ${quoted(first.other_id)}${describeScript(String(first.first_id), String(first.other_id))}.`,
      doubt: 'They are kept apart; if they are one customer, its profit is split.',
      action: 'Sales operations: merge the accounts in the source system and import again.',
      weight: 72,
      kind: 'data',
      link: '/data',
      customers: ids.flatMap((row) => [String(row.first_id), String(row.other_id)]),
    })
  }
  const [{ customers, names }] = await warehouse.rows(query.namesKnown(), { signal })
  // Where names are people's, namesakes are usual; only where names hardly ever repeat does a repeated one say something.
  if (Number(customers) <= 50_000 && Number(names) >= 0.98 * Number(customers) && Number(customers) > Number(names)) {
    const same = await warehouse.rows(query.sameNames(20), { signal })
    const others = same.filter((row) => !ids.some((pair) => pair.first_id === row.first_id && pair.other_id === row.other_id))
    if (others.length > 0) {
      const [first] = others
      found.push({
        name: 'customers-of-one-name',
        text:
          `${formatCounted(others.length, 'name')}${others.length === 20 ? ' or more' : ''} stand under several customer ids, ` +
          `such as ${quoted(first.name)} under ${quoted(first.first_id)} and ${quoted(first.other_id)}.`,
        doubt: 'They are kept apart; if they are one customer, its profit is split.',
        action: 'Sales operations: merge the accounts, or give them one parent.',
        weight: 52,
        kind: 'data',
        link: '/data',
        customers: others.flatMap((row) => [String(row.first_id), String(row.other_id)]),
      })
    }
  }
  return found
}

const quoted = (text: unknown): string => `“${String(text)}”`

/** What cannot be seen must be said. */
function describeScript(first: string, second: string): string {
  const scripts = (text: string) =>
    [/\p{Script=Cyrillic}/u.test(text) ? 'Cyrillic' : '', /\p{Script=Greek}/u.test(text) ? 'Greek' : ''].filter(Boolean)
  const odd = [...new Set([...scripts(first), ...scripts(second)])]
  return odd.length > 0 ? ` (one has ${odd.join(' and ')} letters)` : ''
}
