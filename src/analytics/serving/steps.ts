import { z } from 'zod'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { compareDecimals, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import { AppError } from '../../shared/errors.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { driversOf, parseTimeEquation } from '../costing/index.ts'
import { literalRows, type Span } from '../profitability/index.ts'
import {
  costDriver,
  customerDriver,
  customerServing,
  customerTypes,
  groupProfit,
  profitPersistence,
  profitTransition,
  servingTables,
  servingType,
  typeMigration,
} from './contract.ts'
import { sayServing } from './findings.ts'
import * as order from './orders.sql.ts'
import { ultimateParents } from './parents.ts'
import * as profit from './profit.sql.ts'
import { writeCurves, writeLayers } from './profit-layers.ts'
import * as serving from './serving.sql.ts'
import { termsOf } from './terms.ts'
import { membershipOf, type OrderSums, pointOf, pooledSpread, weightedMedian } from './types.ts'
import { ledgerWindow, type RollingWindows, rollingWindows, wilson } from './windows.ts'

const decimal = z.string().regex(/^\d+(\.\d+)?$/, 'an amount such as "150.00"')

export const servingParameters = z.strictObject({
  /** Peers that a comparison needs at least. */
  fewestPeers: z.number().int().min(3).default(8),
  /** Net-price index of like everybody: the cut between low and high prices. */
  priceCut: z.number().positive().default(1),
  /** Around the cut of price, as a fraction: within it the type is undetermined. */
  priceBand: z.number().min(0).max(0.5).default(0.02),
  /** Around the cut of cost-to-serve (its revenue-weighted median), as a fraction. */
  costBand: z.number().min(0).max(0.9).default(0.1),
  /** Orders below this net amount are small; auto takes the amount whose contribution pays for the work of a mean order. */
  smallOrder: z.union([z.literal('auto'), decimal]).default('auto'),
  /** For how many customers, the dearest to serve first, the drivers are told one by one. */
  mostItemised: z.number().int().min(0).default(100_000),
})

export type ServingParameters = z.infer<typeof servingParameters>

/** From cost-to-serve to who is which type, why dear, and how the whale curve changes. */
export const costToServeOfCustomers: Step<ServingParameters> = {
  name: 'serving',
  title: 'Cost-to-serve: plane, types and peers',
  reads: ['customer_cost', 'activity_cost', 'cost_tie_out', 'customer_profit', 'customer', 'order', 'ledger'],
  writes: servingTables,
  unlock: 'Load a ledger (period, account, cost centre, amount) beside the orders: ten lines of a summary are enough.',
  parameters: servingParameters,
  run: writeServing,
}

export const servingSteps = [costToServeOfCustomers]

/** A summand of an equation, to be summed over orders. */
interface Candidate extends order.DriverTerm {
  id: string
  title: string
  activity: string
  pool: string
  text: string
  uses: string[]
}

/** What costs are told by. */
interface Driver extends Omit<Candidate, 'place' | 'level' | 'text' | 'rate' | 'equation'>, serving.ToldDriver {
  level: string
  /** Null for a whole activity. */
  text: string | null
  rate: number | null
  minutes: number
}

async function writeServing(context: StepContext<ServingParameters>): Promise<void> {
  const { warehouse, parameters, signal, progress } = context
  const { dialect } = warehouse
  const window = await readWindow(context)
  const rolling = rollingWindows(window)
  const [{ products }] = await warehouse.rows(sql`select coalesce(max(product_key), 0) > 0 as products from valued_line`, { signal })
  if (products === true) await warehouse.materialise('price_cell', order.priceCells(window), { signal })
  const activities = await warehouse.rows(
    sql`select * from activity_cost where level in ('line', 'order', 'customer') order by activity_id`,
    { signal },
  )
  const candidates = activities.flatMap(driversOfActivity).map((driver, place) => ({ ...driver, place }))
  await warehouse.materialise('served_order', order.servedOrders(window, candidates, { prices: products === true }), { signal })
  progress(0.35)
  const smallOrder = await smallOrderValue(context, candidates)
  await warehouse.materialise('served_customer', order.servedCustomers(dialect, candidates, smallOrder, rolling.quarters), { signal })
  progress(0.5)
  const drivers = await toldDrivers(context, candidates, activities)
  const columns = drivers.length

  const groupsGiven = await resolveParents(context)
  await warehouse.materialise('served_cost', serving.servedCosts(drivers, { parents: groupsGiven }), { signal })
  await warehouse.materialise('banded_customer', serving.bandedCustomers(), { signal })
  await warehouse.materialise('peer_sum', serving.peerSums(columns), { signal })
  await warehouse.materialise('compared_customer', serving.comparedCustomers(columns, parameters.fewestPeers), { signal })
  progress(0.65)

  const { cuts, expected } = await scorePlane(context)
  const pair = rolling.pairs.at(-1)
  const windows = pair ? { before: rolling.windows[pair.before]!, now: rolling.windows[pair.window]! } : null
  await warehouse.materialise('window_profit', serving.windowProfits(rolling.windows, windows, cuts, rolling.quarters.length), { signal })
  const titles = drivers.map(({ title }) => title)
  const type = cuts ? serving.typeOf(sql`raw_cost_share`, sql`raw_price_index`, cuts) : sql`'undetermined'`
  await context.save(customerServing, profit.servingRows(dialect, { type, columns, titles, window }))
  progress(0.75)
  const told = drivers.map(({ id, place }, column) => ({ id, place: column, timed: place !== null }))
  await context.save(customerDriver, profit.driverRows(told, parameters.mostItemised))
  await context.save(costDriver, literalRows(costDriver, await driverTotals(context, drivers, columns)))
  await context.save(groupProfit, profit.groups())
  progress(0.85)

  await writePersistence(context, rolling, cuts !== null && windows !== null)
  const types = await writeTypes(context, cuts, expected)
  const layers = await writeLayers(context)
  const curves = await writeCurves(context, { groups: groupsGiven, acquisition: layers.acquisition })
  await checkServing(context)
  await sayServing(context, { cuts, types, layers, curves, smallOrder, rolling })
}

async function readWindow({ warehouse, asOf, signal }: StepContext<ServingParameters>): Promise<Span> {
  const [row] = await warehouse.rows(order.ledgerMonths(), { signal })
  return ledgerWindow(String(row.first_period), String(row.last_period), asOf)
}

/** The summands of an activity's equation; none where it does not read on the drivers of orders. */
function driversOfActivity(row: Row): Omit<Candidate, 'place'>[] {
  const level = String(row.level) as order.DriverTerm['level']
  const minutes = Number(row.minutes)
  if (!(minutes > 0) || row.driven_by !== 'orders' || !driversOf[level]) return []
  let terms: ReturnType<typeof termsOf>
  try {
    // Attributes of the customer are not among the sums over orders that summands are told from.
    const { segment: _, country: __, ...drivers } = driversOf[level]
    terms = termsOf(parseTimeEquation(String(row.equation), drivers))
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
  const activity = String(row.activity_id)
  return terms.map(({ text, drivers, equation }, i) => ({
    id: `${activity}/${i + 1}`,
    title: terms.length === 1 ? String(row.title) : `${row.title}: ${text}`,
    activity,
    pool: String(row.pool_id),
    level,
    text,
    uses: drivers,
    equation,
    rate: Number(row.cost) / minutes,
  }))
}

/**
 * What costs are told by: the summands of the activities whose minutes they add up to; an activity that was measured by something else
 * than orders is told as a whole.
 */
async function toldDrivers(
  { warehouse, signal }: StepContext<ServingParameters>,
  candidates: readonly Candidate[],
  activities: readonly Row[],
): Promise<Driver[]> {
  const [sums] = candidates.length === 0 ? [{} as Row] : await warehouse.rows(order.termMinutes(candidates), { signal })
  const told = activities.flatMap((row): Driver[] => {
    const own = candidates
      .filter(({ activity }) => activity === row.activity_id)
      .map((driver) => ({ ...driver, minutes: Number(sums[`m${driver.place}`]) }))
    const told = Number(row.minutes)
    const counted = own.reduce((sum, { minutes }) => sum + minutes, 0)
    if (own.length > 0 && Math.abs(counted - told) <= 1e-6 * Math.max(1, told)) return own
    const activity = String(row.activity_id)
    const level = String(row.level)
    return [
      {
        id: activity,
        title: String(row.title),
        activity,
        pool: String(row.pool_id),
        level,
        text: null,
        uses: [],
        rate: null,
        minutes: told,
        place: null,
      },
    ]
  })
  // A model without activities for customers: one driver that costs nothing, so that all else holds.
  const nothing: Driver = {
    id: 'none',
    title: 'No activity for customers',
    activity: '(none)',
    pool: '',
    level: 'customer',
    text: null,
    uses: [],
    rate: null,
    minutes: 0,
    place: null,
  }
  return told.length > 0 ? told : [nothing]
}

/** Net amount at which the contribution of an order pays for the work that an order causes on average. */
async function smallOrderValue(
  { warehouse, parameters, signal }: StepContext<ServingParameters>,
  drivers: readonly Candidate[],
): Promise<string> {
  if (parameters.smallOrder !== 'auto') return parameters.smallOrder
  if (drivers.length === 0) return '0'
  const [row] = await warehouse.rows(order.orderEconomics(), { signal })
  const margin = Number(row.contribution) / Number(row.net_revenue)
  const value = Number(row.order_cost) / Number(row.orders) / margin
  return Number.isFinite(value) && value > 0 && margin > 0.01 ? value.toFixed(2) : '0'
}

async function resolveParents({ warehouse, signal, check }: StepContext<ServingParameters>): Promise<boolean> {
  const rows = await warehouse.rows(profit.parents(), { signal })
  if (rows.length === 0) return false
  const { parentOf, circular } = ultimateParents(rows.map((row) => ({ customer: String(row.customer_id), parent: String(row.parent_id) })))
  // The ultimate parent is an account of its own group.
  for (const parent of [...parentOf.values()]) parentOf.set(parent, parent)
  const ids = [...parentOf.keys()].sort()
  await warehouse.load(
    'customer_group',
    { customer_id: ids, group_id: ids.map((one) => parentOf.get(one)!) },
    { customer_id: 'varchar', group_id: 'varchar' },
  )
  if (circular.length > 0) {
    check({
      name: 'parents-lead-somewhere',
      title: 'Parents of customers lead somewhere',
      status: 'warn',
      blocking: false,
      detail: `The parents of ${circular.length} customers lead back to themselves, such as ${circular[0]}: they are taken as no group.`,
      actual: String(circular.length),
    })
  }
  return ids.length > 0
}

/** Cuts of the plane and the chance of each type for each customer, as relation `plane_score`. */
async function scorePlane({ warehouse, parameters, signal }: StepContext<ServingParameters>): Promise<{
  cuts: serving.Cuts | null
  expected: Record<string, number>
}> {
  const found = (await warehouse.columns(serving.planeColumns(), { signal })) as Record<string, Float64Array>
  const n = found.customer_key!.length
  const at = (i: number): OrderSums => ({
    orders: found.orders![i]!,
    netRevenue: found.net_revenue![i]!,
    cost: found.cost![i]!,
    orderCost: found.order_cost![i]!,
    pocket: found.pocket![i]!,
    reference: found.reference![i]!,
    pp: found.pocket_pocket![i]!,
    pf: found.pocket_reference![i]!,
    ff: found.reference_reference![i]!,
    cc: found.order_cost_order_cost![i]!,
    cr: found.order_cost_net_revenue![i]!,
    rr: found.net_revenue_net_revenue![i]!,
    pc: found.pocket_order_cost![i]!,
    pr: found.pocket_net_revenue![i]!,
    fc: found.reference_order_cost![i]!,
    fr: found.reference_net_revenue![i]!,
  })
  const shares = Float64Array.from({ length: n }, (_, i) => found.cost![i]! / found.net_revenue![i]!)
  const cut = weightedMedian(shares, found.net_revenue!)
  const cuts = cut > 0 ? { cost: cut, price: parameters.priceCut, costBand: parameters.costBand, priceBand: parameters.priceBand } : null
  const scores = {
    passive: new Float64Array(n),
    carriage: new Float64Array(n),
    bargain: new Float64Array(n),
    aggressive: new Float64Array(n),
  }
  const names = ['passive', 'carriage', 'bargain', 'aggressive'] as const
  const expected: Record<string, number> = { passive: 0, carriage: 0, bargain: 0, aggressive: 0 }
  function* sums() {
    for (let i = 0; i < n; i++) yield at(i)
  }
  const pooled = pooledSpread(sums())
  for (let i = 0; i < n; i++) {
    const chances = cuts ? membershipOf(pointOf(at(i), pooled), cuts) : null
    for (const name of names) {
      scores[name][i] = chances ? chances[name] : Number.NaN
      if (chances && Number.isFinite(chances[name])) expected[name]! += chances[name]
    }
  }
  await warehouse.load(
    'plane_score',
    { customer_key: found.customer_key!, ...scores },
    { customer_key: 'integer', passive: 'double', carriage: 'double', bargain: 'double', aggressive: 'double' },
  )
  return { cuts, expected }
}

async function driverTotals({ warehouse, signal }: StepContext<ServingParameters>, drivers: Driver[], columns: number): Promise<Row[]> {
  const [sums] = await warehouse.rows(order.costTotals(columns), { signal })
  return drivers.map((driver, column) => ({
    driver_id: driver.id,
    activity_id: driver.activity,
    pool_id: driver.pool,
    level: driver.level,
    title: driver.title,
    term: driver.text,
    uses: driver.uses.join(' '),
    minutes: driver.minutes,
    rate: driver.rate,
    cost: sums[`c${column}`]!,
  }))
}

async function writePersistence(context: StepContext<ServingParameters>, rolling: RollingWindows, typed: boolean): Promise<void> {
  const { warehouse, signal } = context
  const { pairs, windows, quarters, length } = rolling
  const last = pairs.at(-1)
  if (!last) {
    for (const table of [profitPersistence, profitTransition, typeMigration]) await context.save(table, literalRows(table, []))
    return
  }
  const [counts] = await warehouse.rows(serving.persistenceCounts(pairs), { signal })
  const rows = pairs.map(({ window }, i) => {
    const [first, end] = windows[window]!
    const value = (name: string) => Number(counts[`${name}_${i}`])
    const [known, stayed] = [value('known'), value('stayed')]
    return {
      from_date: quarters[first]!.from,
      to_date: quarters[end]!.to,
      quarters: length,
      customers: value('customers'),
      loss_makers: value('losers'),
      known,
      stayed,
      ...(known > 0 ? { share: stayed / known, ...wilson(stayed, known) } : {}),
      ...(value('both') > 0 ? { chance: value('both_losers') / value('both') } : {}),
    }
  })
  await context.save(profitPersistence, literalRows(profitPersistence, rows), sql`to_date`)
  const moves = await warehouse.rows(serving.decileMoves(last.before, last.window), { signal })
  const perDecile = (before: Row['before']) =>
    moves.filter((row) => row.before === before).reduce((sum, row) => sum + Number(row.customers), 0)
  await context.save(
    profitTransition,
    literalRows(
      profitTransition,
      moves.map((row) => {
        const all = perDecile(row.before!)
        return {
          before: row.before!,
          now: row.now!,
          customers: row.customers!,
          share: Number(row.customers) / all,
          ...wilson(Number(row.customers), all),
        }
      }),
    ),
  )
  await context.save(typeMigration, typed ? serving.typeMoves() : literalRows(typeMigration, []))
}

const typeTexts: Record<(typeof customerTypes)[number], { title: string; guidance: string }> = {
  passive: {
    title: 'Passive',
    guidance: 'Pay well and ask little: protect them, do not over-serve, and mind that the price stays fair when they look.',
  },
  'carriage-trade': {
    title: 'Carriage trade',
    guidance: 'Pay for what they ask: keep the service, cost it right, and let the price follow.',
  },
  'bargain-basement': { title: 'Bargain basement', guidance: 'Buy by price and ask little: a lean channel and no extras.' },
  aggressive: {
    title: 'Aggressive',
    guidance: 'Ask for both: price services by the menu, set minimum terms, and compete only where contribution exceeds avoidable cost.',
  },
  undetermined: { title: 'Undetermined', guidance: 'Too near a cut, or prices not comparable: do not treat by type.' },
}

async function writeTypes(
  context: StepContext<ServingParameters>,
  cuts: serving.Cuts | null,
  expected: Record<string, number>,
): Promise<Row[]> {
  const { warehouse, signal, parameters } = context
  const sums = await warehouse.rows(profit.typeSums(), { signal })
  const short: Record<string, string> = { 'carriage-trade': 'carriage', 'bargain-basement': 'bargain' }
  const rows: Row[] = customerTypes.map((type, i) => {
    const found = sums.find((row) => row.type === type)
    const zero = '0.0000'
    return {
      position: i + 1,
      type,
      title: typeTexts[type].title,
      customers: found?.customers ?? 0,
      expected_customers: expected[short[type] ?? type] ?? 0,
      net_revenue: found?.net_revenue ?? zero,
      contribution: found?.contribution ?? zero,
      cost_to_serve: found?.cost_to_serve ?? zero,
      customer_profit: found?.customer_profit ?? zero,
      cost_cut: cuts?.cost ?? null,
      price_cut: parameters.priceCut,
      guidance: typeTexts[type].guidance,
    }
  })
  await context.save(servingType, literalRows(servingType, rows), sql`position`)
  return rows
}

/** Orders and costs of the same window; drivers that add up to cost-to-serve; differences to peers that add up to the difference. */
async function checkServing({ warehouse, signal, check }: StepContext<ServingParameters>): Promise<void> {
  const [served] = await warehouse.rows(order.servedRevenue(), { signal })
  const [totals] = await warehouse.rows(order.driverTies(), { signal })
  const wrongRevenue = compareDecimals(String(served.net_revenue), String(totals.net_revenue)) !== 0
  check({
    name: 'serving-covers-the-window',
    title: 'Orders and costs are of the same days',
    status: wrongRevenue ? 'fail' : 'pass',
    blocking: true,
    detail: 'Net revenue of the orders behind the plane is that of the cost model, to the last decimal.',
    expected: String(totals.net_revenue),
    actual: String(served.net_revenue),
  })
  const off = sumDecimals([String(totals.cost_off), String(totals.difference_off)])
  check({
    name: 'drivers-add-up',
    title: 'Drivers add up to cost-to-serve, customer by customer',
    status: compareDecimals(off, '0') === 0 ? 'pass' : 'fail',
    blocking: true,
    detail: 'For each customer told by driver, the costs add up to its cost-to-serve and the differences to its difference from peers.',
    expected: '0.0000',
    actual: subtractDecimals(off, '0'),
  })
}
