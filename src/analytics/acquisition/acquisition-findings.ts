import { normalQuantile } from '../../math/normal.ts'
import type { StepContext } from '../../pipeline/step.ts'
import { formatCount, formatMoney, formatShare } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import type { Group } from './steps.ts'

const z90 = normalQuantile(0.95)
/** Groups smaller than this are not named as best or worst. */
const fewest = 30

/** What ways of winning customers are worth, what a beginning foretells, which products win good customers. */
export async function sayAcquisition(
  context: StepContext,
  groups: readonly Group[],
  signals: readonly Row[],
  balance: readonly Row[],
): Promise<void> {
  const [{ available }] = await context.warehouse.rows(sql`select available from layer where layer = 'contribution'`, {
    signal: context.signal,
  })
  const word = available === true ? 'contribution' : 'net revenue'
  sayWays(context, groups, word)
  saySignals(context, signals)
  sayProducts(context, groups, word)
  sayBalance(context, balance)
}

type Told = Group & { drawn: { mean: number; error: number } }
const told = (groups: readonly Group[], dimension: string): Told[] =>
  groups.filter((group): group is Told => group.dimension === dimension && group.drawn !== null && group.watched >= fewest)

function sayWays({ finding, currency }: StepContext, groups: readonly Group[], word: string): void {
  const bySource = told(groups, 'source')
  const ways = bySource.length >= 2 ? bySource : told(groups, 'channel')
  if (ways.length < 2) {
    finding({
      name: 'acquisition-not-told',
      text: 'Which ways of winning customers bring good ones cannot be told: the data names neither how customers were won nor several channels.',
      action: 'Data: load customers with acquisition_source, and acquisition_cost where it is known.',
      weight: 6,
      kind: 'data',
      link: '/acquisition',
    })
    return
  }
  const money = (value: number) => formatMoney(value, currency)
  const withCost = ways.every((one) => one.watchedCost !== null)
  const worth = (one: Told) => one.drawn.mean - (withCost ? one.watchedCost! : 0)
  const ranked = [...ways].sort((a, b) => worth(b) - worth(a))
  const [best, worst] = [ranked[0]!, ranked.at(-1)!]
  const gap = worth(best) - worth(worst)
  const reach = z90 * Math.hypot(best.drawn.error, worst.drawn.error)
  const losing = withCost ? ways.filter((one) => worth(one) + z90 * one.drawn.error < 0) : []
  const name = bySource.length >= 2 ? 'won through' : 'who began in channel'
  finding({
    name: 'acquisition-quality',
    text:
      `Customers ${name} ${best.label} bring ${money(best.drawn.mean)} of ${word} in their first year` +
      (withCost ? ` and cost ${money(best.watchedCost!)} to win, ${money(worth(best))} net` : '') +
      `; those of ${worst.label} ${money(worst.drawn.mean)}${withCost ? ` and cost ${money(worst.watchedCost!)}, ${money(worth(worst))} net` : ''}.` +
      (losing.length > 0
        ? ` Within a year ${losing.map((one) => one.label).join(', ')} do${losing.length === 1 ? 'es' : ''} not pay back.`
        : ''),
    doubt:
      `Difference ${money(gap)}, 90 % interval ${money(gap - reach)} to ${money(gap + reach)}, at the same age, small groups drawn towards the mean. ` +
      `Averages: the next customer of a way may be worth less than its last.${withCost ? '' : ' What winning them cost is not known.'}`,
    action:
      'Marketing: move spend in steps, watch the cost of the next customer rather than the average, and stop where it meets the value.',
    weight: gap > reach ? (losing.length > 0 ? 46 : 33) : 12,
    kind: losing.length > 0 ? 'bad' : 'neutral',
    link: '/acquisition',
  })
}

function saySignals({ finding, currency }: StepContext, signals: readonly Row[]): void {
  const ranked = [...signals].sort((a, b) => Number(b.explained) - Number(a.explained))
  const first = ranked.find((row) => row.known_at_start === true)
  if (!first?.best_group || first.best_group === first.worst_group) return
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true })
  const early = ranked.find((row) => row.dimension === 'again_early')
  finding({
    name: 'acquisition-early-signals',
    text:
      `Of what is known on the day of the first order, ${String(first.title).toLowerCase()} tells most about the rest of the first year: ` +
      `${first.best_group} ${money(first.best_each)} each, ${first.worst_group} ${money(first.worst_each)}; ` +
      `it explains ${formatShare(Number(first.explained))} of the differences between customers.` +
      (early ? ` Whether they buy again within 90 days explains ${formatShare(Number(early.explained))}.` : ''),
    doubt: `Observed on ${formatCount(Number(first.customers))} customers watched a year. It goes together; that pushing it would make customers better is another question, for a test.`,
    action: 'Marketing: use it to decide whom to look after early, not as a lever before it was tried against a holdout.',
    weight: 21,
    kind: 'neutral',
    link: '/acquisition#signals',
  })
}

function sayProducts({ finding, currency }: StepContext, groups: readonly Group[], word: string): void {
  const products = told(groups, 'first_product')
  if (products.length < 3) return
  const ranked = [...products].sort((a, b) => b.drawn.mean - a.drawn.mean)
  const [best, worst] = [ranked[0]!, ranked.at(-1)!]
  const money = (value: number) => formatMoney(value, currency, { compact: true })
  const reach = z90 * Math.hypot(best.drawn.error, worst.drawn.error)
  const differ = best.drawn.mean - worst.drawn.mean > reach
  finding({
    name: 'audit-6-products',
    text: differ
      ? `Customers whose first order was led by ${best.label} bring ${money(best.drawn.mean)} of ${word} in their first year, those of ${worst.label} ${money(worst.drawn.mean)}.`
      : `Which product led the first order hardly tells customers apart: from ${money(worst.drawn.mean)} to ${money(best.drawn.mean)} of ${word} in the first year, within chance.`,
    doubt: `${formatCount(products.length)} products with at least ${fewest} customers watched a year, drawn towards their mean. A dear first product is part of the first year itself.`,
    ...(differ ? { action: 'Marketing: show first what wins those who stay; watch what they buy next.' } : {}),
    weight: differ ? 18 : 7,
    kind: 'neutral',
    link: '/audit#products',
  })
}

function sayBalance({ finding, currency }: StepContext, balance: readonly Row[]): void {
  const [acquire, retain, equity] = ['acquire_spend', 'retain_spend', 'equity'].map((name) => balance.find((row) => row.quantity === name))
  if (!acquire || !retain || !equity) return
  const money = (value: unknown) => formatMoney(Number(value), currency)
  finding({
    name: 'acquisition-balance',
    text:
      `By what was judged of the responses, winning is worth ${money(acquire.best)} a prospect (today ${money(acquire.today)}) and keeping ${money(retain.best)} a customer and period ` +
      `(today ${money(retain.today)}): ${money(equity.best)} of customer equity a prospect instead of ${money(equity.today)}.`,
    doubt: `90 % intervals from the doubt of the judged rates: winning ${money(acquire.low)} to ${money(acquire.high)}, keeping ${money(retain.low)} to ${money(retain.high)}. Judgements, not measurements.`,
    action: 'Marketing: try half the step towards it on a part of the prospects, and replace the judgements by what comes.',
    weight: 23,
    kind: 'neutral',
    link: '/acquisition#balance',
  })
}
