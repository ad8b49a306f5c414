import { z } from 'zod'
import { groupJackknife, type Jackknife } from '../../math/jackknife.ts'
import type { StepContext } from '../../pipeline/step.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import type { Periods } from '../profitability/index.ts'
import { grouped } from './discount.ts'
import * as query from './index.sql.ts'
import { commodityRadar, priceIndex, priceRealisation } from './index-contract.ts'
import { type IndexSums, type Indices, priceIndices } from './price-index.ts'
import { sayPrices } from './prices-findings.ts'
import { judgeProduct, type RadarInput } from './radar.ts'
import { saveRows } from './save-rows.ts'
import { comparedPeriods } from './waterfall.ts'

const weight = z.number().min(0).max(10)

export const pricesParameters = z.strictObject({
  /** Products that get an index and a place on the radar, those with the largest revenue first. */
  mostProducts: z.number().int().min(1).default(400),
  /** Order lines up to which it is counted who dropped a product, which takes longer than the rest. */
  mostLines: z.number().int().min(0).default(5_000_000),
  /** How much each signal counts in the score of the radar. */
  weights: z
    .strictObject({
      price_fall: weight.default(2),
      not_passed: weight.default(1),
      breadth: weight.default(1),
      converging: weight.default(1),
      switching: weight.default(1),
      undifferentiated: weight.default(1),
    })
    .prefault({}),
})

type Parameters = z.infer<typeof pricesParameters>

/** Sums of one group of customers, as the engine added them. */
interface Group {
  product: number
  segment: string
  customers: number
  /** By the order of `sumNames`. */
  sums: Float64Array
}

/** How prices moved for the same customer and product, how much of list and cost changes arrived, and which products turn into commodities. */
export async function writePrices(context: StepContext<Parameters>): Promise<void> {
  const { warehouse, signal, progress } = context
  const periods = await comparedPeriods({ warehouse, signal })
  if (!periods) {
    for (const contract of [priceIndex, priceRealisation, commodityRadar]) await saveRows(context, contract, [])
    return
  }
  const settings = await indexSettings(context, periods)
  await warehouse.materialise('given_in_period', query.givenByPeriod(), { signal })
  await warehouse.materialise('price_cell', query.priceCells(settings), { signal })
  progress(0.5)
  const read = async (by: Grouping) => (await warehouse.rows(query.priceSums(by), { signal })).map(asGroup)
  const everybody = await read({ segment: true, product: false })
  const byProduct = await read({ segment: true, product: true, products: context.parameters.mostProducts })
  const revenue = await warehouse.rows(query.goodsRevenue(settings), { signal })
  progress(0.7)
  const products = new Map(
    context.has('product')
      ? (await warehouse.rows(query.comparableProducts(), { signal })).map((row) => [Number(row.product_key), row])
      : [],
  )

  const scopes = scopesOf(everybody, byProduct, products)
  await saveRows(
    context,
    priceIndex,
    scopes.flatMap((scope) => indexRows(scope, revenue)),
  )
  const realised = scopes.map(realisationRow)
  await saveRows(context, priceRealisation, realised)
  progress(0.8)
  const radar = await radarRows(context, settings, byProduct, products)
  await saveRows(context, commodityRadar, radar)
  await sayPrices(context, realised, radar)
}

interface Grouping {
  segment: boolean
  product: boolean
  products?: number
}

async function indexSettings({ warehouse, signal }: StepContext<unknown>, periods: Periods): Promise<query.IndexSettings> {
  const layers = await warehouse.rows(sql`select layer, available from layer`, { signal })
  const has = (name: string) => layers.some(({ layer, available }) => layer === name && available === true)
  return { periods, list: has('list_revenue'), cost: has('contribution') }
}

const asGroup = (row: Row): Group => ({
  product: Number(row.product_key),
  segment: String(row.segment_id),
  customers: Number(row.customers),
  sums: Float64Array.from(query.sumNames, (name) => Number(row[name])),
})

interface Scope {
  scope: string
  key: string
  title: string
  groups: Group[]
}

function scopesOf(everybody: Group[], byProduct: Group[], products: Map<number, Row>): Scope[] {
  const scopes: Scope[] = []
  if (everybody.length > 0) scopes.push({ scope: 'all', key: 'all', title: 'All customers', groups: everybody })
  for (const [segment, groups] of grouped(everybody, (group) => group.segment))
    if (segment !== '') scopes.push({ scope: 'segment', key: segment, title: `Segment ${segment}`, groups })
  for (const [key, groups] of grouped(byProduct, (group) => String(group.product))) {
    const product = products.get(Number(key))
    if (product) scopes.push({ scope: 'product', key: String(product.product_id), title: String(product.name), groups })
  }
  return scopes
}

type Measure = (typeof query.measures)[number]
const firstOf = (measure: Measure): number => 6 * query.measures.indexOf(measure)
const beyond = 6 * query.measures.length
/** Where the sums beside the indices stand. */
const extra = { fallen: beyond, x0: beyond + 1, xx0: beyond + 2, x1: beyond + 3, xx1: beyond + 4, cells: beyond + 5 }

function sumsOf(sums: Float64Array, measure: Measure): IndexSums {
  const from = firstOf(measure)
  return { m0: sums[from]!, m1: sums[from + 1]!, old: sums[from + 2]!, new: sums[from + 3]!, t0: sums[from + 4]!, t1: sums[from + 5]! }
}

/** A figure of the scope's sums with its interval over customers; null where it is no number. */
function told(scope: Scope, of: (sums: Float64Array) => number | null): { value: number | null; low: number | null; high: number | null } {
  // Each row is a set of customers of its own, so each can be left out by itself.
  const found: Jackknife = groupJackknife(
    scope.groups.map(({ sums }) => sums),
    (sums) => of(sums) ?? Number.NaN,
  )
  const finite = (value: number) => (Number.isFinite(value) ? value : null)
  return { value: finite(found.value), low: finite(found.low), high: finite(found.high) }
}

function total(groups: readonly Group[]): Float64Array {
  const sums = new Float64Array(query.sumNames.length)
  for (const group of groups) for (let i = 0; i < sums.length; i++) sums[i]! += group.sums[i]!
  return sums
}

const customersOf = (groups: readonly Group[]): number => groups.reduce((sum, { customers }) => sum + customers, 0)

function indexRows(scope: Scope, revenue: readonly Row[]): Row[] {
  const sums = total(scope.groups)
  const all = revenue
    .filter((row) => scope.scope === 'all' || row.segment_id === scope.key)
    .reduce((sum, row) => sum + Number(row.revenue), 0)
  return query.measures.flatMap((measure): Row[] => {
    const found: Indices | null = priceIndices(sumsOf(sums, measure))
    if (!found) return []
    const interval = told(scope, (some) => priceIndices(sumsOf(some, measure))?.fisher ?? null)
    return [
      {
        scope: scope.scope,
        scope_key: scope.key,
        title: scope.title,
        measure,
        ...found,
        low: interval.low,
        high: interval.high,
        coverage: scope.scope !== 'product' && all > 0 ? sumsOf(sums, 'invoice').m1 / all : null,
        cells: Math.round(sums[extra.cells]!),
        customers: customersOf(scope.groups),
      },
    ]
  })
}

/** Changes below this say nothing about what was passed on. */
const leastChange = 0.005

const changeOf = (sums: Float64Array, measure: Measure): number | null => {
  const found = priceIndices(sumsOf(sums, measure))
  return found ? found.fisher - 1 : null
}

function realisationRow(scope: Scope): Row {
  const sums = total(scope.groups)
  const money = (value: number) => value.toFixed(4)
  const pocket = told(scope, (some) => changeOf(some, 'pocket'))
  const [list, cost] = [changeOf(sums, 'list'), changeOf(sums, 'cost')]
  const nothing = { value: null, low: null, high: null }
  const passed =
    list !== null && Math.abs(list) >= leastChange
      ? told(scope, (some) => {
          const [above, below] = [changeOf(some, 'pocket'), changeOf(some, 'list')]
          return above === null || below === null ? null : above / below
        })
      : nothing
  const effect = (some: Float64Array, measure: Measure) => sumsOf(some, measure).m1 - sumsOf(some, measure).new
  const costPassed =
    cost !== null && Math.abs(cost) >= leastChange ? told(scope, (some) => effect(some, 'pocket') / effect(some, 'cost')) : nothing
  return {
    scope: scope.scope,
    scope_key: scope.key,
    title: scope.title,
    revenue: money(sumsOf(sums, 'pocket').m1),
    list_change: list,
    pocket_change: pocket.value,
    pocket_low: pocket.low,
    pocket_high: pocket.high,
    pass_through: passed.value,
    pass_through_low: passed.low,
    pass_through_high: passed.high,
    price_effect: money(effect(sums, 'pocket')),
    cost_effect: cost === null ? null : money(effect(sums, 'cost')),
    cost_change: cost,
    cost_pass_through: costPassed.value,
    cost_pass_through_low: costPassed.low,
    cost_pass_through_high: costPassed.high,
  }
}

async function radarRows(
  context: StepContext<Parameters>,
  settings: query.IndexSettings,
  groups: readonly Group[],
  products: Map<number, Row>,
): Promise<Row[]> {
  const { warehouse, signal, parameters, asOf } = context
  const [{ lines }] = await warehouse.rows(sql`select count(*) as lines from valued_line`, { signal })
  const dropped = Number(lines) <= parameters.mostLines ? await warehouse.rows(query.droppedProducts(settings), { signal }) : []
  const drops = grouped(dropped, (row) => String(row.product_key))
  const quarters = grouped(settings.list ? await warehouse.rows(query.productQuarters(asOf), { signal }) : [], (row) =>
    String(row.product_key),
  )
  const differs = [...products.values()].some((row) => row.has_equivalent === true || row.has_feature === true)
  const rows: Row[] = []
  for (const [key, own] of grouped(groups, (group) => String(group.product))) {
    const product = products.get(Number(key))
    if (!product) continue
    const segments = [...grouped(own, (group) => group.segment)].filter(([segment]) => segment !== '')
    for (const [segment, some] of [['(all)', own] as const, ...(segments.length > 1 ? segments : [])]) {
      const gone = (drops.get(key) ?? []).filter((row) => segment === '(all)' || row.segment_id === segment)
      const had = gone.reduce((sum, row) => sum + Number(row.customers), 0)
      const input: RadarInput = {
        groups: some.map(({ sums }) => ({
          pocket: sumsOf(sums, 'pocket'),
          list: settings.list ? sumsOf(sums, 'list') : null,
          fallen: sums[extra.fallen]!,
          x0: sums[extra.x0]!,
          xx0: sums[extra.xx0]!,
          x1: sums[extra.x1]!,
          xx1: sums[extra.xx1]!,
        })),
        customers: customersOf(some),
        dropped: had > 0 ? gone.reduce((sum, row) => sum + Number(row.dropped), 0) / had : null,
        undifferentiated: differs ? product.has_equivalent === true && product.has_feature !== true : null,
      }
      const judged = judgeProduct(input, parameters.weights)
      const sums = total(some)
      rows.push({
        product_id: String(product.product_id),
        name: String(product.name),
        segment_id: segment,
        score: judged.score,
        score_low: judged.low,
        score_high: judged.high,
        verdict: judged.verdict,
        revenue: sumsOf(sums, 'pocket').m1.toFixed(4),
        price_change: judged.priceChange,
        price_change_low: judged.priceLow,
        price_change_high: judged.priceHigh,
        lost_to_price: (sumsOf(sums, 'pocket').m1 - sumsOf(sums, 'pocket').new).toFixed(4),
        customers: input.customers,
        ...judged.signals,
        quarters_falling: quarters.has(key) ? fallingQuarters(quarters.get(key)!.map((row) => Number(row.share))) : null,
      })
    }
  }
  return rows
}

/** How many of the last quarters in a row the share of list price fell, by more than a fifth of a point. */
export function fallingQuarters(shares: readonly number[]): number {
  let count = 0
  for (let i = shares.length - 1; i > 0 && shares[i]! < shares[i - 1]! - 0.002; i--) count++
  return count
}
