import { z } from 'zod'
import { ProgrammeSolver } from '../../math/programme.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { formatMoney } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import { riskMix, riskPart, riskTables } from './contract.ts'
import * as query from './risk.sql.ts'
import { covariances, type EfficientMix, efficientFrontier, efficientMix, portfolioRisk } from './risk.ts'

export const riskParameters = z.strictObject({
  /** Largest part by which the share of a segment may move from today's in a steadier mix. */
  change: z.number().min(0.01).max(1).default(0.25),
  /** How customers fall into parts; the first attribute with at least two values where this is not given. */
  by: z.enum(query.partAttributes).optional(),
})

export type RiskParameters = z.infer<typeof riskParameters>

/** How steady the cash flow of the portfolio is, and which parts steady it. */
export const riskStep: Step<RiskParameters> = {
  name: 'portfolio-risk',
  title: 'Risk of the portfolio',
  reads: ['order_line', 'customer', 'customer_profit', 'layer'],
  writes: riskTables,
  unlock: 'Load orders with customer ids and a table of customers with their segment, industry, channel or country.',
  parameters: riskParameters,
  run: writeRisk,
}

/** Parts that are looked at one by one; the rest are one part. */
const mostParts = 12
const fewestPeriods = 6
/** Part of co-movement drawn towards none beyond which nothing is claimed of it. */
const tooLittle = 0.8
const titles = { segment_id: 'segment', industry: 'industry', channel_default: 'channel', country: 'country' } as const

/** Works on the relation customer_day that step contribution-layers left in the warehouse. */
async function writeRisk(context: StepContext<RiskParameters>): Promise<void> {
  const { warehouse, parameters, signal, currency } = context
  const refuse = async (reason: string, action: string): Promise<void> => {
    for (const contract of riskTables) await context.save(contract, literalRows(contract, []))
    context.finding({ name: 'risk-none', text: `Nothing is said of risk: ${reason}.`, action, weight: 10, kind: 'data', link: '/data' })
  }
  const [values] = await warehouse.rows(query.attributeValues(), { signal })
  const attribute = parameters.by ?? query.partAttributes.find((name) => Number(values?.[name] ?? 0) >= 2)
  if (!attribute)
    return refuse('all customers are one part of the portfolio', 'Load customers with their segment, industry, channel or country.')
  const [layer] = await warehouse.rows(sql`select available from layer where layer = 'contribution'`, { signal })
  const cost = layer?.available === true
  const parts = await warehouse.rows(query.parts(attribute), { signal })
  const flows = await warehouse.rows(query.monthlyFlows(warehouse.dialect, attribute, cost), { signal })
  const named = parts.slice(0, parts.length > mostParts ? mostParts - 1 : mostParts).map(({ part }) => String(part))
  const names = parts.length > mostParts ? [...named, '(other)'] : named
  const { periods, months } = wholePeriods(
    flows.map(({ month }) => String(month)),
    context.asOf,
  )
  if (periods.length < fewestPeriods)
    return refuse(
      `there are ${periods.length} whole periods of cash flow, and at least ${fewestPeriods} are needed`,
      'Load orders over a longer time.',
    )
  const table = names.map(() => new Float64Array(periods.length))
  for (const { part, month, flow } of flows) {
    const period = periods.findIndex(({ from, to }) => String(month) >= from && String(month) < to)
    const at = names.indexOf(String(part))
    if (period >= 0) table[at < 0 ? names.length - 1 : at]![period]! += Number(flow)
  }
  // Each part per unit of its share of revenue, so that a share can be changed: cash flow of the part over its share.
  const totals = table.map((flow) => flow.reduce((sum, value) => sum + value, 0))
  const ownParts = names.map((name) => parts.filter(({ part }) => (named.includes(String(part)) ? part === name : name === '(other)')))
  const revenues = ownParts.map((own) => own.reduce((sum, { revenue }) => sum + Number(revenue), 0))
  const whole = totals.reduce((sum, value) => sum + value, 0)
  const earning = [...names.keys()].filter((i) => totals[i]! > 0 && revenues[i]! > 0)
  if (earning.length < 2 || !(whole > 0))
    return refuse('fewer than two parts of the portfolio earn anything', 'See which parts lose money on the portfolio page.')
  const weights = Float64Array.from(earning, (i) => revenues[i]! / earning.reduce((sum, k) => sum + revenues[k]!, 0))
  const perWeight = earning.map((i, k) => [...table[i]!].map((value) => value / weights[k]!))
  const covariance = covariances({ names: earning.map((i) => names[i]!), flows: perWeight })
  const { means, shrunk } = covariance
  const now = portfolioRisk(means, shrunk, weights)
  const solver = new ProgrammeSolver()
  let steadier: EfficientMix
  let frontier: EfficientMix[]
  try {
    steadier = await efficientMix(means, shrunk, weights, parameters.change, now.mean * (1 - 1e-9), solver)
    frontier = await efficientFrontier(means, shrunk, weights, parameters.change, 8, solver)
  } finally {
    await solver.close()
  }
  const money = (value: number) => value.toFixed(4)
  const rows = names.map((name, i): Row => {
    const k = earning.indexOf(i)
    const { mean, deviation } = spread(table[i]!)
    const own = ownParts[i]!
    const total = own.reduce((sum, { total: value }) => sum + Number(value), 0)
    const largest = Math.max(...own.map(({ largest: value }) => Number(value)))
    return {
      part: name,
      measure: cost ? 'contribution' : 'net revenue',
      periods: periods.length,
      total: money(totals[i]!),
      mean: money(mean),
      deviation: money(deviation),
      weight: k < 0 ? null : weights[k]!,
      beta: k < 0 ? null : now.betas[k]!,
      reward: k < 0 ? null : (now.rewards[k] ?? null),
      steadier_weight: k < 0 ? null : steadier.weights[k]!,
      largest_customer: total > 0 ? Math.min(1, largest / total) : null,
      shock: money(mean / 2),
    }
  })
  await context.save(riskPart, literalRows(riskPart, rows))
  const shares = (mix: Float64Array) =>
    JSON.stringify(Object.fromEntries(earning.map((i, k) => [names[i], Math.round(1e6 * mix[k]!) / 1e6])))
  const mixes = [
    { title: 'Today', mean: now.mean, deviation: now.deviation, weights },
    ...frontier.map((mix, i) => ({ ...mix, title: i === 0 ? 'Steadiest' : i === frontier.length - 1 ? 'Earns most' : 'Between' })),
  ]
  await context.save(
    riskMix,
    literalRows(
      riskMix,
      mixes.map((mix, step) => ({
        step,
        title: mix.title,
        mean: money(mix.mean),
        deviation: money(mix.deviation),
        weights: shares(mix.weights),
      })),
    ),
  )
  say()

  function say(): void {
    const cash = (value: number) => formatMoney(value.toFixed(4), currency)
    const span = months === 3 ? 'quarter' : 'month'
    const shrink = `Co-movement over ${periods.length} ${span}s; ${Math.round(100 * covariance.shrinkage)} % of it is drawn towards none because so few periods tell little.`
    context.figure({
      name: 'portfolio_variability',
      title: `Variability of a ${span}`,
      value: now.deviation / now.mean,
      type: 'ratio',
      meaning: `Standard deviation of the cash flow of a ${span} (${cash(now.deviation)}) against its mean (${cash(now.mean)}). ${shrink}`,
      formula: 'sqrt(w S w) / w mean',
      explain: { table: 'risk_mix', where: { step: 0 }, column: 'deviation' },
    })
    const heavy = rows.filter(({ largest_customer: largest, weight }) => Number(largest) > 0.5 && Number(weight) > 0.1)
    for (const { part, largest_customer: largest } of heavy.slice(0, 1))
      context.finding({
        name: 'part-hangs-on-one',
        text: `${Math.round(100 * Number(largest))} % of what ${part} brings comes from one customer.`,
        action: 'Sales: defend that customer, and win others like it.',
        weight: 35,
        kind: 'bad',
        link: '/risk',
      })
    const saved = 1 - steadier.deviation / now.deviation
    if (covariance.shrinkage > tooLittle) {
      context.finding({
        name: 'risk-none',
        text: `${periods.length} ${span}s are too few to tell which parts of the portfolio move together.`,
        doubt: shrink,
        action: 'Load orders over a longer time.',
        weight: 10,
        kind: 'data',
        link: '/risk',
      })
      return
    }
    if (saved > 0.02) {
      const moves = earning.map((i, k) => ({ name: names[i]!, by: steadier.weights[k]! - weights[k]! })).sort((a, b) => b.by - a.by)
      context.finding({
        name: 'steadier-mix',
        text: `A mix with more of ${moves[0]!.name} and less of ${moves.at(-1)!.name}, within ${Math.round(100 * parameters.change)} % of today's shares, earns as much a ${span} with ${Math.round(100 * saved)} % less variability.`,
        doubt: shrink,
        action: 'Finance: weigh it in the next investment plan; customers cannot be bought and sold at will.',
        weight: 30,
        kind: 'neutral',
        link: '/risk',
      })
    }
    const steady = earning
      .map((i, k) => ({ name: names[i]!, beta: now.betas[k]!, weight: weights[k]! }))
      .filter(({ beta, weight }) => beta < 0.25 && weight > 0.05)
    for (const { name, beta } of steady.slice(0, 1))
      context.finding({
        name: 'steadying-part',
        text: `${titles[attribute!] === 'country' ? 'Customers in' : 'Segment'} ${name} steadies the portfolio: it moves ${beta.toFixed(2)} when the portfolio moves by 1.`,
        doubt: shrink,
        weight: 25,
        kind: 'good',
        link: '/risk',
      })
  }
}

/** Whole quarters counted back from the last whole month when there are eight or more, else whole months. */
function wholePeriods(months: string[], asOf: string): { periods: { from: string; to: string }[]; months: number } {
  const first = months.toSorted()[0] ?? '9999-12-01'
  // The month that holds the last day counts when that day ends it.
  const next = addMonths(`${asOf.slice(0, 7)}-01`, 1)
  const ended = new Date(Date.parse(asOf) + 86_400_000).toISOString().slice(0, 10) === next
  const end = ended ? next : `${asOf.slice(0, 7)}-01`
  for (const length of [3, 1]) {
    const periods: { from: string; to: string }[] = []
    for (let to = end; ; ) {
      const from = addMonths(to, -length)
      // The first month may have begun before the data did.
      if (from <= first) break
      periods.unshift({ from, to })
      to = from
    }
    if (length === 1 || periods.length >= 8) return { periods, months: length }
  }
  return { periods: [], months: 1 }
}

function addMonths(month: string, count: number): string {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`
}

function spread(flow: Float64Array): { mean: number; deviation: number } {
  const mean = flow.reduce((sum, value) => sum + value, 0) / flow.length
  return { mean, deviation: Math.sqrt(flow.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, flow.length - 1)) }
}
