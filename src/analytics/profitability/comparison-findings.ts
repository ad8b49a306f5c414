import type { StepContext } from '../../pipeline/step.ts'
import { absoluteDecimal, compareDecimals, ratioOf, signOf, subtractDecimals } from '../../shared/decimal.ts'
import { formatCount, formatCounted, formatDate, formatMoney, formatRatio, formatShare } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import * as query from './bridge.sql.ts'

interface Compared {
  settings: query.CellSettings
  rows: readonly Row[]
  periodRows: readonly Row[]
}

/** Says what changed most, and by whom. */
export async function sayComparison(context: StepContext<unknown>, compared: Compared): Promise<void> {
  const { settings, rows } = compared
  const measure = settings.cost ? 'contribution' : 'net revenue'
  headline(context, compared, measure)
  await comingAndGoing(context, measure)
  await erosion(context, compared)
  await priceCuts(context, compared)
  await movers(context, measure, String(rows[0].amount))
  growth(context, compared, measure)
}

const money = (value: unknown, currency: string, sign = false) => formatMoney(String(value), currency, { compact: true, sign })

const inWords: Record<string, string> = {
  price: 'prices',
  fx: 'exchange rates',
  unit_cost: 'unit costs',
  volume: 'volume',
  mix: 'mix',
  new: 'customers and products that are new',
  lost: 'customers and products that were lost',
  other: 'fees and adjustments',
}

const amountOf = (rows: readonly Row[], effect: string): string | null => rows.find((row) => row.effect === effect)?.amount as string | null

function headline({ finding, currency }: StepContext<unknown>, { rows, settings }: Compared, measure: string): void {
  const opening = amountOf(rows, 'opening') as string
  const closing = amountOf(rows, 'closing') as string
  const change = subtractDecimals(closing, opening)
  const share = compareDecimals(opening, 0) > 0 ? ratioOf(change, opening) : null
  const effects = rows
    .filter((row) => row.effect !== 'opening' && row.effect !== 'closing' && row.amount !== null && signOf(String(row.amount)) !== 0)
    .sort((a, b) => compareDecimals(absoluteDecimal(String(b.amount)), absoluteDecimal(String(a.amount))))
    .slice(0, 3)
  const { months, current } = settings.periods
  const length = months === null ? 'the previous period' : `the ${months === 1 ? 'month' : `${months} months`} before`
  const direction = signOf(change) === 0 ? 'did not change' : signOf(change) > 0 ? 'rose' : 'fell'
  const by =
    signOf(change) === 0
      ? ''
      : ` by ${money(absoluteDecimal(change), currency)}${share === null ? '' : ` (${formatRatio(share, { sign: true })})`}`
  finding({
    name: 'what-changed',
    text:
      `${measure === 'contribution' ? 'Contribution' : 'Net revenue'} ${direction}${by} against ${length}` +
      `${effects.length > 0 ? `: ${effects.map((row) => `${inWords[String(row.effect)]} ${money(row.amount, currency, true)}`).join(', ')}` : ''}.`,
    doubt: `${formatDate(current.from)} to ${formatDate(current.to)}${months === 12 || months === null ? '' : '; the seasons differ between the two periods'}.`,
    weight: 75,
    kind: signOf(change) < 0 ? 'bad' : signOf(change) > 0 ? 'good' : 'neutral',
    link: '/tables/bridge',
  })
}

async function comingAndGoing({ warehouse, signal, finding, currency }: StepContext<unknown>, measure: string): Promise<void> {
  const statuses = new Map((await warehouse.rows(query.changeByStatus(), { signal })).map((row) => [String(row.status), row]))
  const lost = statuses.get('lost')
  const fresh = statuses.get('new')
  const back = statuses.get('returning')
  if (!lost && !fresh) return
  const won = fresh
    ? `${formatCounted(Number(fresh.customers), 'new customer')} brought ${money(fresh.current_measure, currency)}`
    : 'No customer is new'
  const again = back ? `, ${formatCount(Number(back.customers))} who came back ${money(back.current_measure, currency)}` : ''
  const gone = lost
    ? `${formatCounted(Number(lost.customers), 'customer')} who bought before bought nothing; they had brought ${money(lost.previous_measure, currency)}`
    : 'no customer stopped buying'
  const outweighs = lost && compareDecimals(String(lost.previous_measure), String(fresh?.current_measure ?? 0)) > 0
  finding({
    name: 'customers-new-and-lost',
    text: `${won}${again}; ${gone}.`,
    doubt: `In ${measure}, of the two periods compared. Whether a customer is lost for good cannot be seen from one silent period.`,
    ...(outweighs ? { action: 'Marketing: ask the best of those who went why, before winning new ones.' } : {}),
    weight: outweighs ? 64 : 45,
    kind: outweighs ? 'bad' : 'neutral',
    link: '/customers?status=lost',
  })
}

async function erosion({ warehouse, signal, finding, currency, has }: StepContext<unknown>, { rows }: Compared): Promise<void> {
  if (!has('product')) return
  const products = await warehouse.rows(query.priceErosion(20), { signal })
  const opening = amountOf(rows, 'opening') as string
  const found = products
    .map((row) => ({ row, share: ratioOf(String(row.price_effect), String(row.expected_revenue)) ?? 0 }))
    .filter(({ row, share }) => {
      const weight = ratioOf(absoluteDecimal(String(row.price_effect)), absoluteDecimal(opening)) ?? 0
      return share <= -0.03 && weight >= 0.002 && Number(row.customers) >= 3
    })
  if (found.length === 0) return
  const [{ row, share }] = found
  finding({
    name: 'price-erosion',
    text:
      `${row.name} sells ${formatShare(-share)} cheaper to the ${formatCount(Number(row.customers))} customers who bought it in both periods: ` +
      `${money(row.price_effect, currency)}.` +
      (found.length > 1
        ? ` Next: ${found
            .slice(1, 3)
            .map((one) => `${one.row.name} (${formatShare(one.share)})`)
            .join(', ')}.`
        : ''),
    doubt: 'Same product, same customer, same channel; larger orders at tier prices would look the same.',
    action: 'Pricing with product management: see who grants it and whether the product is becoming a commodity.',
    weight: 68,
    kind: 'bad',
    link: '/tables/product_profit',
  })
}

async function priceCuts({ warehouse, signal, finding, currency }: StepContext<unknown>, { rows }: Compared): Promise<void> {
  const customers = await warehouse.rows(query.priceCuts(10), { signal })
  const opening = amountOf(rows, 'opening') as string
  const found = customers.filter((row) => {
    const weight = ratioOf(absoluteDecimal(String(row.price_effect)), absoluteDecimal(opening)) ?? 0
    return (ratioOf(String(row.price_effect), String(row.expected_revenue)) ?? 0) <= -0.05 && weight >= 0.002
  })
  if (found.length === 0) return
  const [row] = found
  const growth = ratioOf(subtractDecimals(String(row.expected_revenue), String(row.revenue_before)), String(row.revenue_before)) ?? 0
  const volume =
    Math.abs(growth) < 0.05 ? 'its volume did not move' : `its volume ${growth > 0 ? 'grew' : 'fell'} by ${formatShare(Math.abs(growth))}`
  finding({
    name: 'price-cut-for-a-customer',
    text:
      `${row.name} gets the same products ${formatShare(-(ratioOf(String(row.price_effect), String(row.expected_revenue)) ?? 0))} cheaper than in the ` +
      `period before (${money(row.price_effect, currency)}); ${volume}.` +
      (found.length > 1
        ? ` Next: ${found
            .slice(1, 3)
            .map((one) => `${one.name} (${money(one.price_effect, currency)})`)
            .join(', ')}.`
        : ''),
    doubt: 'Volume at the prices of before, of products bought in both periods.',
    action: 'Account management with pricing: see what was promised for the discount, and whether it came.',
    weight: growth < 0.05 ? 67 : 50,
    kind: growth < 0.05 ? 'bad' : 'neutral',
    link: `/customers/${encodeURIComponent(String(row.customer_id))}`,
    customers: found.slice(0, 3).map((one) => String(one.customer_id)),
  })
}

async function movers({ warehouse, signal, finding, currency }: StepContext<unknown>, measure: string, opening: string): Promise<void> {
  const [down] = await warehouse.rows(query.largestChanges('down', 1), { signal })
  const [up] = await warehouse.rows(query.largestChanges('up', 1), { signal })
  if (!down || signOf(String(down.change)) >= 0) return
  const share = ratioOf(absoluteDecimal(String(down.change)), absoluteDecimal(opening)) ?? 0
  if (share < 0.001) return
  const rise = up && signOf(String(up.change)) > 0 ? `; ${up.name} rose most (${money(up.change, currency, true)})` : ''
  finding({
    name: 'largest-fall',
    text:
      (down.status === 'lost'
        ? `${down.name} stopped buying; it had brought ${money(down.previous_measure, currency)} of ${measure}`
        : `${down.name} fell most: ${money(down.previous_measure, currency)} to ${money(down.current_measure, currency)} of ${measure}`) +
      `${rise}.`,
    ...(share >= 0.01 ? { action: 'Account management: call, and learn whether it is a season, a competitor or us.' } : {}),
    weight: 40 + 40 * Math.min(1, 10 * share),
    kind: 'bad',
    link: `/customers/${encodeURIComponent(String(down.customer_id))}`,
    customers: [down, ...(rise ? [up] : [])].map((row) => String(row.customer_id)),
  })
}

function growth({ figure }: StepContext<unknown>, { rows }: Compared, measure: string): void {
  const opening = amountOf(rows, 'opening') as string
  const change = subtractDecimals(amountOf(rows, 'closing') as string, opening)
  const positive = compareDecimals(opening, 0) > 0
  figure({
    name: 'change',
    title: measure === 'contribution' ? 'Change of contribution' : 'Change of net revenue',
    value: positive ? ratioOf(change, opening) : null,
    type: 'ratio',
    meaning: `${measure === 'contribution' ? 'Contribution' : 'Net revenue'} of the current against the previous period.`,
    formula: '(closing - opening) / opening of the bridge',
    ...(positive
      ? {}
      : { missing: 'The previous period is not above zero, so a rate of change says nothing; the bridge shows the money.' }),
    explain: { table: 'bridge', where: { effect: 'closing' }, column: 'amount' },
  })
}
