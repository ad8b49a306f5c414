import { createRandom } from '../../math/random.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { formatCount, formatCounted, formatMoney, formatNumber, formatRatio } from '../../shared/format.ts'
import type { TableContract } from '../../warehouse/contract/index.ts'
import type { Cell, Row } from '../../warehouse/port.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import { ledgerWindow } from '../serving/index.ts'
import { customerRemedy, everybody, releasedCapacity, remedy, remedyTables, worklist } from './contract.ts'
import { sayRemedies } from './findings.ts'
import { type DriverCost, type Patient, type Proposal, planFor, reasonFor } from './plan.ts'
import { avoidablePart, describe, type Pool, readPools } from './pools.ts'
import * as query from './remedies.sql.ts'
import { type RemediesParameters, type RemedyKind, type Rule, remediesParameters, remedyKinds, remedyTitles, rulesOf } from './rules.ts'
import { addLeverage, drawGuesses, type Guess, type Leverage, likely, noLeverage, type Simulated, simulate } from './simulate.ts'
import { steppedRelease } from './state.ts'

/** From who is dear and why to what to do about it, ranked by what it brings. */
export const remediesAndWorklist: Step<RemediesParameters> = {
  name: 'remedies',
  title: 'Remedies and worklist',
  reads: ['customer_serving', 'customer_driver', 'cost_driver', 'group_profit', 'activity_cost', 'pool_cost', 'ledger'],
  writes: remedyTables,
  unlock: 'Load a ledger (period, account, cost centre, amount) beside the orders: ten lines of a summary are enough.',
  parameters: remediesParameters,
  run: writeRemedies,
}

export const remediesSteps = [remediesAndWorklist]

/** Customers for whom a plan is worked out, those with most at stake first. */
const mostPatients = 20_000

interface Item {
  kind: RemedyKind
  scope: 'house' | 'customer' | 'gathered'
  title: string
  customer: Patient | null
  activity: string | null
  customers: number
  leverage: Leverage
  oneOff: number
  turns: boolean
  evidence: string
  link: string
}

async function writeRemedies(context: StepContext<RemediesParameters>): Promise<void> {
  const { warehouse, parameters, signal, seed, asOf, currency, progress } = context
  const rules = rulesOf(parameters.rules)
  const [span] = await warehouse.rows(sql`select min(period) as first_period, max(period) as last_period from ledger`, { signal })
  const window = ledgerWindow(String(span.first_period), String(span.last_period), asOf)
  const years = (Date.parse(window.to) - Date.parse(window.from) + 86_400_000) / 86_400_000 / 365.25
  const part = avoidablePart(parameters)
  const random = createRandom(seed).split('remedies')
  const guesses = new Map(remedyKinds.map((kind) => [kind, drawGuesses(rules[kind], random.split(kind))]))
  const pools = await readPools(context, years)
  const [totals] = await warehouse.rows(query.windowTotals(), { signal })
  const { patients, all } = await readPatients(context, years, pools)
  progress(0.3)

  const guessOf = (kind: RemedyKind): Guess => likely(rules[kind])
  const plans = patients.map((patient) => ({ patient, proposals: planFor(patient, rules, guessOf, part, describe(currency)) }))
  progress(0.5)
  const trial = (kind: RemedyKind, leverage: Leverage, oneOff: number): Simulated => simulate(guesses.get(kind)!, leverage, part, oneOff)
  const house = await houseItems(context, years, pools, Number(totals.customers), rules)
  const smallest = parameters.smallestItem === 'auto' ? Number(totals.cost_to_serve) / years / 2_000 : parameters.smallestItem
  const { items, rows } = listItems(plans, rules, trial, smallest, parameters.mostItems)
  const listed = [...house, ...items].map((item) => ({ item, found: trial(item.kind, item.leverage, item.oneOff) }))
  listed.sort((a, b) => b.found.value - a.found.value || compare(a.item.title, b.item.title) || compare(a.item.link, b.item.link))
  progress(0.8)

  const inside = house.reduce((sum, { leverage }) => addLeverage(sum, leverage), noLeverage)
  if (house.length > 0) rows.push(everybodyRow(inside, trial('look-inside', inside, 0)))
  await saveRows(context, customerRemedy, rows)
  const assumptions = assumptionsOf(rules, parameters)
  await saveRows(
    context,
    worklist,
    listed.map(({ item, found }, i) => itemRow(item, found, i + 1, rules, assumptions)),
  )
  const totalsByKind = remedyRows(listed, rules, parameters, trial)
  await context.save(remedy, literalRows(remedy, totalsByKind), sql`position`)
  await context.save(releasedCapacity, literalRows(releasedCapacity, capacityRows(plans, house, pools, guessOf, parameters, part)))
  sayRemedies(context, { listed, totals: totalsByKind, plans, patients: all, part, parameters })
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

async function readPatients(
  { warehouse, signal }: StepContext<RemediesParameters>,
  years: number,
  pools: ReadonlyMap<string, Pool>,
): Promise<{ patients: Patient[]; all: number }> {
  await warehouse.materialise('patient', query.patients(mostPatients), { signal })
  const rows = await warehouse.rows(sql`select * from patient order by customer_id`, { signal })
  const drivers = new Map((await warehouse.rows(sql`select * from cost_driver`, { signal })).map((row) => [String(row.driver_id), row]))
  const uses = new Map<string, DriverCost[]>()
  for await (const batch of warehouse.stream(query.patientDrivers(), { signal })) {
    for (const row of batch) {
      const driver = drivers.get(String(row.driver_id))!
      const pool = pools.get(String(driver.pool_id))
      const list = uses.get(String(row.customer_id)) ?? []
      list.push({
        driver: String(row.driver_id),
        title: String(driver.title),
        level: driver.level === null ? null : String(driver.level),
        uses: String(driver.uses ?? '')
          .split(' ')
          .filter(Boolean),
        cost: Number(row.cost) / years,
        difference: Number(row.difference) / years,
        now: pool?.now ?? 0,
        later: pool?.later ?? 0.9,
      })
      uses.set(String(row.customer_id), list)
    }
  }
  const patients = rows.flatMap((row): Patient[] => {
    const own = uses.get(String(row.customer_id))
    if (!own) return []
    return [
      {
        id: String(row.customer_id),
        name: String(row.name),
        type: String(row.type),
        revenue: Number(row.revenue) / years,
        margin: Number(row.margin) / years,
        profit: Number(row.profit) / years,
        priceGap: Number(row.price_gap) / years,
        orders: Number(row.orders) / years,
        smallOrders: Number(row.small_orders) / years,
        smallRevenue: Number(row.small_revenue) / years,
        drivers: own,
        groupProfit: row.group_profit === null ? null : Number(row.group_profit) / years,
      },
    ]
  })
  return { patients, all: Number(rows[0]?.all_patients ?? 0) }
}

/** Our own processes, one item an activity: they serve everybody, so nobody is named. */
async function houseItems(
  { warehouse, signal, currency }: StepContext<RemediesParameters>,
  years: number,
  pools: ReadonlyMap<string, Pool>,
  customers: number,
  rules: Record<RemedyKind, Rule>,
): Promise<Item[]> {
  const rows = await warehouse.rows(query.activities(), { signal })
  return rows.map((row): Item => {
    const pool = pools.get(String(row.pool_id))
    const cost = Number(row.cost) / years
    const minutes = Number(row.minutes) / Math.max(1, Number(row.events))
    return {
      kind: 'look-inside',
      scope: 'house',
      title: `Look inside: ${row.title}`,
      customer: null,
      activity: String(row.activity_id),
      customers,
      leverage: { ...noLeverage, saved: { full: cost, now: cost * (pool?.now ?? 0), later: cost * (pool?.later ?? 0.9) } },
      oneOff: rules['look-inside'].oneOff,
      turns: false,
      evidence: `${formatCount(Number(row.events) / years)} times a year, ${formatNumber(minutes)} min each, ${formatMoney(cost, currency, { compact: true })} a year`,
      link: '/profitability#drivers',
    }
  })
}

/** Items of single customers where they are large enough; the rest of each remedy together. And every proposal, for the customer's page. */
function listItems(
  plans: readonly { patient: Patient; proposals: Proposal[] }[],
  rules: Record<RemedyKind, Rule>,
  trial: (kind: RemedyKind, leverage: Leverage, oneOff: number) => Simulated,
  smallest: number,
  most: number,
): { items: Item[]; rows: Row[] } {
  const single: { item: Item; value: number }[] = []
  const rows: Row[] = []
  for (const { patient, proposals } of plans) {
    for (const proposal of proposals) {
      const { kind, leverage, before, after } = proposal
      const oneOff = kind === 'look-inside' ? 0 : rules[kind].oneOff
      const found = trial(kind, leverage, oneOff)
      const turns = before < 0 && after >= 0 && kind !== 'exit'
      rows.push(remedyRow(patient, proposal, found, turns))
      // The customer's part of our own processes stands with the house.
      if (kind === 'look-inside') continue
      single.push({
        value: found.value,
        item: {
          kind,
          scope: 'customer',
          title: `${remedyTitles[kind]}: ${patient.name}`,
          customer: patient,
          activity: null,
          customers: 1,
          leverage,
          oneOff,
          turns,
          evidence: proposal.evidence,
          link: `/customers/${encodeURIComponent(patient.id)}#remedies`,
        },
      })
    }
  }
  single.sort((a, b) => b.value - a.value || compare(a.item.link, b.item.link) || compare(a.item.kind, b.item.kind))
  const named = single.filter(({ value, item }, i) => (value >= smallest || item.kind === 'exit') && i < most)
  const kept = new Set(named)
  const items = named.map(({ item }) => item)
  for (const kind of remedyKinds) {
    const rest = single.filter((one) => one.item.kind === kind && !kept.has(one))
    if (rest.length === 0) continue
    items.push({
      kind,
      scope: 'gathered',
      title: `${remedyTitles[kind]}: ${formatCounted(rest.length, 'smaller customer')} together`,
      customer: null,
      activity: null,
      customers: rest.length,
      leverage: rest.reduce((sum, { item }) => addLeverage(sum, item.leverage), noLeverage),
      oneOff: rest.reduce((sum, { item }) => sum + item.oneOff, 0),
      turns: false,
      evidence: 'each below the smallest item that is listed by name',
      link: `/worklist?where=remedy:eq:${kind}`,
    })
  }
  return { items, rows }
}

const money = (value: number): string => {
  const text = value.toFixed(4)
  return /^-0\.0+$/.test(text) ? '0.0000' : text
}
const bandOf = ({ value, low, high, stranded }: Simulated): Row => ({
  value: money(value),
  low: money(low),
  high: money(high),
  stranded: money(stranded),
})

const leverageColumns = (leverage: Leverage): Row => {
  const costs = (name: string, cost: Leverage['saved']) => ({
    [`${name}_full`]: money(cost.full),
    [`${name}_now`]: money(cost.now),
    [`${name}_later`]: money(cost.later),
  })
  return {
    fee: money(leverage.fee),
    ...costs('saved', leverage.saved),
    ...costs('adapted', leverage.adapted),
    adapted_fee: money(leverage.adaptedFee),
    margin: money(leverage.margin),
    lost_margin: money(leverage.lostMargin),
    ...costs('lost', leverage.lost),
  }
}

/** Our own processes over all customers, so that they can be tried with other judgements too. */
function everybodyRow(leverage: Leverage, found: Simulated): Row {
  return {
    customer_id: everybody,
    remedy: 'look-inside',
    position: 1,
    reason: 'house',
    profit_before: money(0),
    profit_after: money(0),
    turns: false,
    ...bandOf(found),
    evidence: 'all activities together',
    ...leverageColumns(leverage),
  }
}

function remedyRow(patient: Patient, { kind, leverage, before, after, evidence }: Proposal, found: Simulated, turns: boolean): Row {
  return {
    customer_id: patient.id,
    remedy: kind,
    position: remedyKinds.indexOf(kind) + 1,
    reason: reasonFor(patient)!,
    profit_before: money(before),
    profit_after: money(after),
    turns,
    ...bandOf(found),
    evidence,
    ...leverageColumns(leverage),
  }
}

function itemRow(
  item: Item,
  found: Simulated,
  position: number,
  rules: Record<RemedyKind, Rule>,
  assumptions: Record<RemedyKind, string>,
): Row {
  return {
    position,
    remedy: item.kind,
    title: item.title,
    owner: rules[item.kind].owner,
    scope: item.scope,
    customer_id: item.customer?.id ?? null,
    customer_name: item.customer?.name ?? null,
    activity_id: item.activity,
    customers: item.customers,
    ...bandOf(found),
    turns: item.turns,
    assumption: assumptions[item.kind],
    evidence: item.evidence,
    link: item.link,
  }
}

function assumptionsOf(rules: Record<RemedyKind, Rule>, { horizonMonths, lagMonths }: RemediesParameters): Record<RemedyKind, string> {
  const percent = (value: number) => formatRatio(value, { digits: 0 })
  const after = `after ${formatCounted(horizonMonths, 'month')}`
  const texts = {} as Record<RemedyKind, string>
  for (const kind of remedyKinds) {
    const { accept, adapt, defect, effect } = rules[kind]
    const range = `${percent(effect.low)} to ${percent(effect.high)}, most likely ${percent(effect.likely)}`
    const reactions = `${percent(accept)} go along${adapt > 0 ? `, ${percent(adapt)} change what they do` : ''}${defect > 0 ? `, ${percent(defect)} leave` : ''}`
    texts[kind] =
      kind === 'look-inside'
        ? `${range} of the minutes can be saved; ${after}`
        : kind === 'exit'
          ? `${percent(accept)} pay the price that covers full cost, the others go; capacity is given up within ${formatCounted(lagMonths, 'month')}; ${after}`
          : `${reactions}; ${range} of it is reached; ${after}`
  }
  return texts
}

interface Listed {
  item: Item
  found: Simulated
}

function remedyRows(
  listed: readonly Listed[],
  rules: Record<RemedyKind, Rule>,
  { horizonMonths, lagMonths }: RemediesParameters,
  trial: (kind: RemedyKind, leverage: Leverage, oneOff: number) => Simulated,
): Row[] {
  return remedyKinds.map((kind, i) => {
    const own = listed.filter(({ item }) => item.kind === kind)
    const sum = own.reduce((total, { item }) => addLeverage(total, item.leverage), noLeverage)
    const oneOff = own.reduce((total, { item }) => total + item.oneOff, 0)
    const rule = rules[kind]
    return {
      position: i + 1,
      remedy: kind,
      title: remedyTitles[kind],
      owner: rule.owner,
      customers: kind === 'look-inside' ? (own[0]?.item.customers ?? 0) : own.reduce((total, { item }) => total + item.customers, 0),
      ...bandOf(trial(kind, sum, oneOff)),
      accept: rule.accept,
      adapt: rule.adapt,
      defect: rule.defect,
      effect: rule.effect.likely,
      effect_low: rule.effect.low,
      effect_high: rule.effect.high,
      adapt_effect: rule.adaptEffect.likely,
      margin_loss: rule.marginLoss.likely,
      one_off: money(rule.oneOff),
      horizon_months: horizonMonths,
      lag_months: lagMonths,
    }
  })
}

/** What the whole worklist frees in each pool, and how much of it can be given up: in whole steps where they are known. */
function capacityRows(
  plans: readonly { proposals: Proposal[] }[],
  house: readonly Item[],
  pools: ReadonlyMap<string, Pool>,
  guessOf: (kind: RemedyKind) => Guess,
  { horizonMonths, lagMonths }: RemediesParameters,
  part: number,
): Row[] {
  const freed = new Map<string, number>()
  const inside = guessOf('look-inside')
  for (const { leverage, activity } of house) {
    const pool = [...pools.values()].find((one) => one.activities.has(activity!))
    if (pool) freed.set(pool.id, (freed.get(pool.id) ?? 0) + inside.accept * inside.effect * leverage.saved.full)
  }
  const poolOf = new Map([...pools.values()].flatMap((pool) => [...pool.drivers].map((driver) => [driver, pool.id])))
  for (const { proposals } of plans) {
    for (const { kind, freed: byDriver } of proposals) {
      // The customer's part of our own processes stands with the house; who parts is no expectation but a proposal.
      if (kind === 'look-inside' || kind === 'exit') continue
      for (const [driver, amount] of byDriver) {
        const pool = poolOf.get(driver)
        if (pool) freed.set(pool, (freed.get(pool) ?? 0) + amount)
      }
    }
  }
  return [...pools.values()]
    .filter(({ cost, activities }) => cost > 0 && activities.size > 0)
    .map((pool) => {
      const volume = freed.get(pool.id) ?? 0
      const stepped = pool.step !== null && pool.rate !== null
      const steady = volume * (pool.now + (pool.later - pool.now) * part)
      const given =
        stepped && pool.step && pool.rate
          ? steppedRelease(
              { need: pool.used, step: pool.step.minutes, stepCost: pool.step.cost, lagMonths },
              volume / pool.rate,
              horizonMonths,
            )
          : steady
      return {
        pool_id: pool.id,
        title: pool.title,
        cost: money(pool.cost),
        freed: money(volume),
        avoidable: money(given),
        stranded: money(Number(money(volume)) - Number(money(given))),
        stepped,
      }
    })
}

const bulk = {
  text: 'varchar',
  integer: 'bigint',
  money_sum: 'decimal(18,4)',
  ratio: 'double',
  number: 'double',
  boolean: 'boolean',
} as const

/** Many rows worked out here, through the engine's bulk door into the contract's types. */
async function saveRows(context: StepContext<RemediesParameters>, contract: TableContract, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return context.save(contract, literalRows(contract, []))
  const names = Object.keys(contract.columns)
  const typeOf = (name: string) => contract.columns[name]!.type as keyof typeof bulk
  const relation = `${contract.name} worked out`
  await context.warehouse.load(
    relation,
    Object.fromEntries(names.map((name) => [name, rows.map((row): Cell => row[name] ?? null)])),
    Object.fromEntries(names.map((name) => [name, bulk[typeOf(name)]])),
  )
  const column = (name: string): Sql => (typeOf(name) === 'money_sum' ? sql`cast(${id(name)} as decimal(38, 4)) as ${id(name)}` : id(name))
  return context.save(contract, sql`select ${join(names.map(column))} from ${id(relation)}`)
}
