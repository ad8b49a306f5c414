import { z } from 'zod'
import { createRandom, type Random } from '../../math/random.ts'
import { quantile } from '../../math/statistics.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { AppError } from '../../shared/errors.ts'
import { formatCount, formatMoney, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { literalRows } from '../profitability/index.ts'
import { words } from './class-step.ts'
import { classOfLetter } from './classify.ts'
import {
  allSegments,
  classValue,
  portfolioPathTable,
  portfolioValueTable,
  relationshipClasses,
  relationshipValueTables,
  transitionPrice,
} from './contract.ts'
import * as query from './dynamics.sql.ts'
import { bestPolicy, type MarkovAction } from './markov-decision.ts'
import { type PortfolioChain, portfolioPath, valueWithin } from './portfolio-value.ts'
import { drawTransitions, pooledPrior } from './transitions.ts'

const className = z.enum(relationshipClasses)

const parameters = z.strictObject({
  /** Discount per year, as a fraction. */
  discountPerYear: z.number().positive().max(1).default(0.1),
  /** Years over which the portfolio is valued: what a panel of a few years can carry. */
  horizonYears: z.number().positive().max(50).default(5),
  /** Draws of the posterior for the intervals. */
  draws: z.number().int().min(100).max(20_000).default(500),
  /** Weight of all customers in the profit and the moves of a segment, in customers. */
  poolWeight: z.number().positive().max(1000).default(20),
  /** Things one may do for a customer of a class each period, at a cost, to move more of the class; judged by policy iteration. */
  actions: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        /** Class in which it is done, and to which it moves customers. */
        in: className,
        to: className,
        /** Percentage points of the class that move instead of staying. */
        points: z.number().min(0).max(100),
        /** Money per customer and period, in the reporting currency. */
        cost: z.number().min(0),
      }),
    )
    .default([]),
})

type ValueStepParameters = z.infer<typeof parameters>

/** What the portfolio of relationships is worth, and what each move would add. */
export const relationshipValueStep: Step<ValueStepParameters> = {
  name: 'relationship-value',
  title: 'Value of the relationship portfolio',
  reads: ['customer_relationship', 'relationship_period', 'relationship_transition', 'order'],
  readsIfPresent: ['customer_cost', 'customer'],
  writes: relationshipValueTables,
  unlock: 'Load orders with customer ids over at least three months, better two years.',
  parameters,
  run: writeValue,
}

/** What is known of one segment: customers now, profit by class with its error, counts of moves. */
interface Base {
  segment: string
  customers: number[]
  /** Exact, of the last 12 months. */
  measureYear: string[]
  profit: number[]
  /** The same before cost-to-serve. */
  grossProfit: number[]
  error: number[]
  /** Of customers in the period of their first purchase. */
  first: { profit: number; error: number; customers: number }
  posterior: number[][]
  p: number[][]
}

interface Money {
  n: number
  measure: number
  squares: number
  revenue: number
}

const none: Money = { n: 0, measure: 0, squares: 0, revenue: 0 }

async function writeValue(context: StepContext<ValueStepParameters>): Promise<void> {
  const { warehouse, signal } = context
  const periods = await warehouse.rows(query.periodRows(), { signal })
  const moves = await warehouse.rows(query.transitionRows(), { signal })
  if (moves.length === 0) {
    for (const table of relationshipValueTables) await context.save(table, literalRows(table, []))
    context.finding({
      name: 'portfolio-value-not-told',
      text: 'The value of the relationship portfolio is not told: no movement between classes was seen.',
      weight: 19,
      kind: 'data',
      link: '/relationships',
    })
    return
  }
  const months = Number(periods[0]!.months)
  const perYear = Math.max(1, Math.round(12 / months))
  const discount = (1 + context.parameters.discountPerYear) ** (months / 12) - 1
  const horizon = Math.max(1, Math.round(context.parameters.horizonYears * perYear))
  const first = Math.max(query.firstMove(periods.length), periods.length - perYear + 1)
  const served = context.has('customer_cost')
  const bases = await readBases(context, moves, periods, first, served)
  const random = createRandom(context.seed).split('portfolio-value')
  const valued = bases.map((base) => valueBase(base, discount, horizon, context.parameters, random.split(base.segment)))
  await context.save(
    classValue,
    literalRows(
      classValue,
      valued.flatMap(({ classes }) => classes),
    ),
  )
  await context.save(
    transitionPrice,
    literalRows(
      transitionPrice,
      valued.flatMap(({ prices }) => prices),
    ),
  )
  const whole = bases[0]!
  const won = periods.slice(-perYear).map((row) => Number(row.won))
  const births = relationshipClasses.map((name) => (name === 'acquaintance' ? won.reduce((sum, n) => sum + n, 0) / won.length : 0))
  await context.save(portfolioPathTable, literalRows(portfolioPathTable, pathRows(whole, discount, births, 2 * perYear)))
  await backTest(context, whole, discount, periods.length, first)
  const prospects = context.has('customer')
    ? await readProspects(context, String(periods.at(-perYear)?.from_date ?? periods[0]!.from_date))
    : null
  await context.save(
    portfolioValueTable,
    literalRows(
      portfolioValueTable,
      valued.map(({ total }, i) => ({
        ...total,
        ...(i === 0 && prospects
          ? {
              prospects: prospects.prospects,
              conversion: prospects.chance,
              lead: prospects.chance === null ? null : money(prospects.chance * Number(total.newly_won)),
            }
          : {}),
        discount,
        after_cost_to_serve: served,
      })),
    ),
  )
  const [{ year }] = (await warehouse.rows(query.yearMeasure(), { signal })) as [Row]
  const coming = portfolioPath(
    { p: whole.p, profit: whole.profit, discount, states: [...relationshipClasses] },
    whole.customers,
    perYear,
    births,
  )
  tell(context, valued[0]!, { months, served, lastYear: Number(year), nextYear: coming.reduce((sum, { profit }) => sum + profit, 0) })
}

const money = (value: number): string => value.toFixed(4)

/** What the chain would have told of the customers known before the money was counted, against what they brought since. */
async function backTest(
  context: StepContext<ValueStepParameters>,
  base: Base,
  discount: number,
  periods: number,
  first: number,
): Promise<void> {
  const { warehouse, signal, currency } = context
  const rows = await warehouse.rows(query.customersAt(periods, first - 1), { signal })
  const start = ['S', 'A', 'F', 'P'].map((letter) => Number(rows.find((row) => row.letter === letter)?.customers ?? 0))
  const [{ measure }] = (await warehouse.rows(query.measureOfKnown(periods, first), { signal })) as [Row]
  const ahead = periods - first + 1
  const path = portfolioPath({ p: base.p, profit: base.grossProfit, discount, states: [...relationshipClasses] }, start, ahead)
  const told = path.reduce((sum, { profit }) => sum + profit, 0)
  const came = Number(measure)
  const off = came > 0 ? told / came - 1 : Number.NaN
  context.check({
    name: 'portfolio-chain-back-test',
    title: 'The chain of classes tells the past',
    status: Math.abs(off) <= 0.25 ? 'pass' : 'warn',
    blocking: false,
    detail: `Of the ${formatCount(start.reduce((sum, n) => sum + n, 0))} customers known ${formatCount(ahead)} periods ago the chain tells ${formatMoney(money(told), currency, { compact: true })} since; they brought ${formatMoney(money(came), currency, { compact: true })}.`,
    expected: money(came),
    actual: money(told),
  })
}

async function readProspects(
  { warehouse, signal }: StepContext<ValueStepParameters>,
  from: string,
): Promise<{ prospects: number; chance: number | null } | null> {
  const [row] = (await warehouse.rows(query.prospectTotals(from), { signal })) as [Row]
  const onFile = Number(row.on_file ?? 0)
  if (Number(row.prospects) === 0) return null
  // With a Jeffreys prior, so that nobody won of three is not a chance of nil.
  return { prospects: Number(row.prospects), chance: onFile > 0 ? (Number(row.converted) + 0.5) / (onFile + 1) : null }
}

/** Reads money, moves and customers; segments lean on the whole with the weight of so many customers. */
async function readBases(
  { warehouse, signal, parameters: { poolWeight } }: StepContext<ValueStepParameters>,
  moves: readonly Row[],
  periods: readonly Row[],
  first: number,
  served: boolean,
): Promise<Base[]> {
  const earned = await warehouse.rows(query.classMoney(periods.length, first), { signal })
  const now = await warehouse.rows(query.classNow(served), { signal })
  const share = costShares(now)
  const segments = [allSegments, ...new Set(moves.map(({ segment }) => String(segment)).filter((name) => name !== allSegments))]
  const moneyOf = (segment: string, letter: string): Money =>
    earned
      .filter((row) => row.letter === letter && (segment === allSegments || row.segment === segment))
      .reduce<Money>(
        (sum, row) => ({
          n: sum.n + Number(row.customer_periods),
          measure: sum.measure + Number(row.measure),
          squares: sum.squares + Number(row.squares),
          revenue: sum.revenue + Number(row.revenue),
        }),
        none,
      )
  const watched = periods.length - first + 1
  const average = (
    letter: string,
    segment: string,
    whole: { profit: number; error: number; gross: number } | null,
  ): { profit: number; error: number; n: number; gross: number } => {
    const found = moneyOf(segment, letter)
    const taken = found.revenue * (share.get(classOfLetter(letter)) ?? 0)
    const weight = whole ? poolWeight : 0
    const n = found.n + weight
    if (n === 0) return { profit: 0, error: 0, n: 0, gross: 0 }
    const profit = (found.measure - taken + weight * (whole?.profit ?? 0)) / n
    const spread = found.n > 1 ? Math.max(0, found.squares - found.measure ** 2 / found.n) / (found.n - 1) : 0
    // The same customer comes back in each period: what counts is how many customers there are, not how many periods they were watched.
    const independent = Math.max(1, found.n / watched + weight)
    return {
      profit,
      error: found.n > 1 ? Math.sqrt(spread / independent) : (whole?.error ?? 0),
      n: found.n,
      gross: (found.measure + weight * (whole?.gross ?? 0)) / n,
    }
  }
  const letters = ['S', 'A', 'F', 'P']
  const wholeProfit = letters.map((letter) => average(letter, allSegments, null))
  const wholeFirst = average('N', allSegments, null)
  const matrix = (segment: string, column: string): number[][] =>
    relationshipClasses.map((from) =>
      relationshipClasses.map((to) =>
        Number(moves.find((row) => row.segment === segment && row.from_class === from && row.to_class === to)?.[column] ?? 0),
      ),
    )
  const wholeP = matrix(allSegments, 'probability')
  return segments.map((segment): Base => {
    const counts = matrix(segment, 'customers')
    const prior = segment === allSegments ? counts.map((row) => row.map(() => 0.5)) : pooledPrior(wholeP, poolWeight)
    const profit = letters.map((letter, i) => (segment === allSegments ? wholeProfit[i]! : average(letter, segment, wholeProfit[i]!)))
    const start = segment === allSegments ? wholeFirst : average('N', segment, wholeFirst)
    return {
      segment,
      customers: relationshipClasses.map((name) =>
        now
          .filter((row) => row.class === name && (segment === allSegments || row.segment === segment))
          .reduce((sum, row) => sum + Number(row.customers), 0),
      ),
      measureYear: relationshipClasses.map((name) =>
        sumDecimals(
          now
            .filter((row) => row.class === name && (segment === allSegments || row.segment === segment))
            .map((row) => String(row.measure_year)),
        ),
      ),
      profit: profit.map((one) => one.profit),
      grossProfit: profit.map((one) => one.gross),
      error: profit.map((one) => one.error),
      first: { profit: start.profit, error: start.error, customers: Math.round(start.n / watched) },
      posterior: counts.map((row, i) => row.map((n, j) => n + prior[i]![j]!)),
      p: matrix(segment, 'probability'),
    }
  })
}

/** Cost-to-serve as a share of revenue by class; new customers are served as acquaintances. */
function costShares(now: readonly Row[]): Map<string, number> {
  const shares = new Map<string, number>()
  for (const name of relationshipClasses) {
    const rows = now.filter((row) => row.class === name)
    const revenue = rows.reduce((sum, row) => sum + Number(row.cost_revenue), 0)
    const cost = rows.reduce((sum, row) => sum + Number(row.cost_to_serve), 0)
    if (revenue > 0) shares.set(name, Math.min(1, Math.max(0, cost / revenue)))
  }
  if (shares.has('acquaintance')) shares.set('new', shares.get('acquaintance')!)
  return shares
}

interface Valued {
  classes: Row[]
  prices: Row[]
  total: Row
  base: Base
  values: number[]
}

function valueBase(base: Base, discount: number, horizon: number, { draws, actions }: ValueStepParameters, random: Random): Valued {
  const states = [...relationshipClasses]
  const chain: PortfolioChain = { p: base.p, profit: base.profit, discount, states }
  const { values, total, occupancy, stays, prices } = valueWithin(chain, base.customers, horizon)
  const won = (own: number[], profit: number): number => profit + own[1]! / (1 + discount)
  const drawn = Array.from({ length: draws }, () => {
    const one: PortfolioChain = {
      p: drawTransitions(random, base.posterior),
      profit: base.profit.map((profit, i) => profit + base.error[i]! * random.normal()),
      discount,
      states,
    }
    const worth = valueWithin(one, base.customers, horizon)
    return {
      profit: one.profit,
      values: worth.values,
      total: worth.total,
      prices: worth.prices.map(({ perPoint }) => perPoint),
      won: won(worth.values, base.first.profit + base.first.error * random.normal()),
    }
  })
  const band = (of: (draw: (typeof drawn)[number]) => number): [string, string] => {
    const [low, high] = quantile(drawn.map(of), [0.05, 0.95]) as [number, number]
    return [money(low), money(high)]
  }
  const policy = bestActions(chain, actions)
  const classes = states.map((name, i): Row => {
    const [low, high] = band((draw) => draw.values[i]!)
    const [profitLow, profitHigh] = band((draw) => draw.profit[i]!)
    return {
      segment: base.segment,
      class: name,
      position: i + 1,
      customers: base.customers[i]!,
      measure_year: base.measureYear[i]!,
      profit: money(base.profit[i]!),
      profit_low: profitLow,
      profit_high: profitHigh,
      value: money(values[i]!),
      low,
      high,
      portfolio: money(base.customers[i]! * values[i]!),
      occupancy: occupancy[i]!,
      break_even: money(values[i]! / stays[i]![i]!),
      policy: policy[i]!,
    }
  })
  const [wonLow, wonHigh] = band((draw) => draw.won)
  classes.push({
    segment: base.segment,
    class: 'new',
    position: 5,
    customers: base.first.customers,
    profit: money(base.first.profit),
    profit_low: money(base.first.profit - 1.645 * base.first.error),
    profit_high: money(base.first.profit + 1.645 * base.first.error),
    value: money(won(values, base.first.profit)),
    low: wonLow,
    high: wonHigh,
    portfolio: '0.0000',
    occupancy: null,
    break_even: null,
    policy: null,
  })
  const [low, high] = band((draw) => draw.total)
  return {
    base,
    values,
    classes,
    prices: prices.map(({ from, to, perPoint }, n) => {
      const [priceLow, priceHigh] = band((draw) => draw.prices[n]!)
      return {
        segment: base.segment,
        from_class: states[from]!,
        to_class: states[to]!,
        lever: from === 0 ? 'acquire' : to > from ? 'convert' : 'defend',
        probability: base.p[from]![to]!,
        per_point: money(perPoint),
        low: priceLow,
        high: priceHigh,
      }
    }),
    total: {
      segment: base.segment,
      customers: base.customers.reduce((sum, n) => sum + n, 0),
      portfolio: money(total),
      low,
      high,
      newly_won: money(won(values, base.first.profit)),
      newly_won_low: wonLow,
      newly_won_high: wonHigh,
    },
  }
}

/** Do nothing special, let go, or one of the actions of the settings, by policy iteration. */
function bestActions(chain: PortfolioChain, actions: ValueStepParameters['actions']): string[] {
  const lost = relationshipClasses.length
  const widen = (p: readonly (readonly number[])[]): number[][] => [...p.map((row) => [...row, 0]), [...p.map(() => 0), 1]]
  const gone = relationshipClasses.map(() => Array.from({ length: lost + 1 }, (_, j) => (j === lost ? 1 : 0)))
  const all: MarkovAction[] = [
    { name: 'keep', p: widen(chain.p), reward: [...chain.profit, 0] },
    { name: 'let go', p: [...gone, widen(chain.p)[lost]!], reward: Array.from({ length: lost + 1 }, () => 0) },
    ...actions.map((action): MarkovAction => {
      const from = relationshipClasses.indexOf(action.in)
      const to = relationshipClasses.indexOf(action.to)
      const p = chain.p.map((row) => [...row])
      const mass = action.points / 100
      if (from === to || p[from]![from]! < mass)
        throw new AppError(
          'relationship.action',
          `action "${action.name}" moves ${action.points} points from ${action.in} to ${action.to}, but only ${formatRatio(p[from]![from]!)} of them stay`,
          { hint: 'Lower `points` under steps.relationship-value.actions.' },
        )
      p[from]![from]! -= mass
      p[from]![to]! += mass
      return {
        name: action.name,
        p: widen(p),
        reward: [...chain.profit.map((profit, i) => profit - (i === from ? action.cost : 0)), 0],
        allowed: Array.from({ length: lost + 1 }, (_, i) => i === from),
      }
    }),
  ]
  return bestPolicy(all, chain.discount)
    .actions.slice(0, lost)
    .map((a) => all[a]!.name)
}

function pathRows(base: Base, discount: number, births: readonly number[], ahead: number): Row[] {
  const chain: PortfolioChain = { p: base.p, profit: base.profit, discount, states: [...relationshipClasses] }
  const withNew = portfolioPath(chain, base.customers, ahead, births)
  const without = portfolioPath(chain, base.customers, ahead)
  return withNew.flatMap(({ period, customers }) =>
    relationshipClasses.map((name, i) => ({
      ahead: period,
      class: name,
      customers: customers[i]!,
      customers_without_new: without[period]!.customers[i]!,
      profit: money(customers[i]! * base.profit[i]!),
    })),
  )
}

function tell(
  context: StepContext<ValueStepParameters>,
  { total, prices, base, classes }: Valued,
  { months, served, lastYear, nextYear }: { months: number; served: boolean; lastYear: number; nextYear: number },
): void {
  const { currency } = context
  const short = (value: unknown): string => formatMoney(String(value), currency, { compact: true })
  const measure = served ? 'profit after cost-to-serve' : 'profit'
  context.figure({
    name: 'portfolio_lifetime_value',
    title: 'Portfolio lifetime value',
    value: String(total.portfolio),
    type: 'money',
    low: Number(total.low),
    high: Number(total.high),
    interval: '90 % of draws of moves and profits',
    meaning: `Discounted ${measure} of the customers of today as they move between classes, over ${formatCount(context.parameters.horizonYears)} years; nobody new counted.`,
    formula: 'sum over the periods of the horizon of n P^t g / (1+d)^t',
    explain: { table: portfolioValueTable.name, where: { segment: allSegments }, column: 'portfolio' },
  })
  context.figure({
    name: 'newly_won_customer',
    title: 'A newly won customer',
    value: String(total.newly_won),
    type: 'money',
    low: Number(total.newly_won_low),
    high: Number(total.newly_won_high),
    interval: '90 % of draws of moves and profits',
    meaning: 'What a customer won now brings in its first period and after, discounted; the most that winning one may cost.',
    formula: 'g new + V acquaintance / (1 + d)',
    explain: { table: portfolioValueTable.name, where: { segment: allSegments }, column: 'newly_won' },
  })
  const loose = classes.find((row) => row.class === 'acquaintance')!
  const share = Number(total.portfolio) > 0 ? Number(loose.portfolio) / Number(total.portfolio) : null
  context.finding({
    name: 'portfolio-value',
    text:
      `The customers of today are worth ${short(total.portfolio)} over the next ${formatCount(context.parameters.horizonYears)} years as they move between classes` +
      `${share === null ? '' : `; ${formatRatio(share)} of it lies with ${formatCount(base.customers[1]!)} acquaintances`}.`,
    doubt:
      `90 % interval ${short(total.low)} to ${short(total.high)}, with ${formatRatio(context.parameters.discountPerYear)} a year, while customers go on moving as they did. ` +
      `With as many new customers as before the model tells ${short(nextYear)} for the next 12 months; the last 12 brought ${short(lastYear)}${served ? ' before cost-to-serve' : ''}.`,
    weight: 52,
    kind: 'neutral',
    link: '/relationships',
  })
  const best = prices
    .filter(({ from_class: from, to_class: to, low, probability }) => {
      const at = relationshipClasses.indexOf(from as never)
      // One step up only, and one that is seen: a plan on leaps that never happened is the ugly duckling's.
      return (
        relationshipClasses.indexOf(to as never) === at + 1 && base.customers[at]! > 0 && Number(low) > 0 && Number(probability) > 0.002
      )
    })
    .sort((a, b) => Number(b.per_point) - Number(a.per_point))[0]
  if (best)
    context.finding({
      name: 'move-worth-most',
      text: `One percentage point more of ${best.from_class}s becoming ${best.to_class}s each ${words(months).period} would add ${short(best.per_point)}; today ${formatRatio(best.probability as number)} do.`,
      doubt: `90 % interval ${short(best.low)} to ${short(best.high)}; what such a point costs only a test can tell.`,
      action: `Marketing: try it on a part of the ${best.from_class}s and measure.`,
      weight: 46,
      kind: 'good',
      link: '/relationships',
    })
}
