import { z } from 'zod'
import { createRandom } from '../../math/random.ts'
import type { StepContext } from '../../pipeline/step.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { formatCounted, formatMoney, formatRange, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import { type Bins, priceBandOf, widthInterval } from './band.ts'
import * as query from './discount.sql.ts'
import { customerDiscount, discountCurve, priceBand, priceBandBin } from './discount-contract.ts'
import { type Cells, type FittedLine, fitDiscountLine, linePoints } from './discount-line.ts'
import { saveRows } from './save-rows.ts'
import { comparedPeriods } from './waterfall.ts'

export const discountParameters = z.strictObject({
  /** Products whose band is written, those with the largest volume first. */
  mostProducts: z.number().int().min(1).default(1_000),
})

/** Customers up to which each is a point of its own; beyond, customers of like volume and discount are one weighted cell. */
const mostPoints = 1_000

/** How far apart customers pay for the same goods, and who is given the discount of a size it does not have. */
export async function writeDiscounts(context: StepContext<z.infer<typeof discountParameters>>): Promise<void> {
  const { warehouse, signal, progress, seed } = context
  const settings = await discountSettings(context)
  const make = (name: string, rows: ReturnType<typeof query.pocketLines>) => warehouse.materialise(name, rows, { signal })
  if (!settings.list) await make('average_price', query.averagePrices(settings))
  await make('given_later', query.givenLater(settings))
  await make('pocket_line', query.pocketLines(settings))
  progress(0.4)
  await writeBands(context, settings)
  progress(0.7)

  await make('customer_volume', query.customerVolumes())
  const [{ customers }] = await warehouse.rows(sql`select count(*) as customers from customer_volume`, { signal })
  const few = Number(customers) <= mostPoints
  const found = await warehouse.columns(few ? query.discountPoints() : query.discountCells(), { signal })
  const cells: Cells = {
    size: few ? (found.size as Float64Array) : Float64Array.from(found.size as Float64Array, (step) => (step + 0.5) / 5),
    given: few ? (found.given as Float64Array) : Float64Array.from(found.given as Float64Array, (step) => (step + 0.5) / 100),
    customers: Float64Array.from(found.customers as Float64Array),
  }
  const line = fitDiscountLine(cells, createRandom(seed).split('discounts'))
  await context.save(customerDiscount, query.customerDiscount(warehouse.dialect, line))
  await context.save(discountCurve, literalRows(discountCurve, line ? linePoints(line, query.standsOut) : []))
  await sayDiscounts(context, settings, line)
}

async function discountSettings({ warehouse, signal }: StepContext<unknown>): Promise<query.DiscountSettings> {
  const periods = await comparedPeriods({ warehouse, signal })
  const [layer] = await warehouse.rows(sql`select available from layer where layer = 'list_revenue'`, { signal })
  const [days] = await warehouse.rows(
    sql`select min(first_order_date) as first_day, max(last_order_date) as last_day from customer_profit`,
    {
      signal,
    },
  )
  const whole = { from: String(days.first_day ?? '1970-01-01'), to: String(days.last_day ?? '1970-01-01') }
  return { window: periods?.current ?? whole, list: layer?.available === true, span: periods ? 'current' : 'whole' }
}

async function writeBands(context: StepContext<z.infer<typeof discountParameters>>, settings: query.DiscountSettings): Promise<void> {
  const { warehouse, signal, parameters } = context
  const reference = settings.list ? 'list' : 'average'
  const bySegment = await warehouse.rows(query.segmentBins(), { signal })
  const byProduct = await warehouse.rows(query.productBins(), { signal })
  const names = await warehouse.rows(query.productNames(context.has('product')), { signal })
  const titles = new Map(names.map((row) => [Number(row.product_key), { id: String(row.product_id), name: String(row.name) }]))
  const scopes: { scope: string; key: string; title: string; rows: Row[]; groups: boolean }[] = [
    { scope: 'all', key: 'all', title: 'All customers', rows: bySegment, groups: true },
  ]
  for (const [segment, rows] of grouped(bySegment, (row) => String(row.segment_id)))
    if (segment !== '') scopes.push({ scope: 'segment', key: segment, title: `Segment ${segment}`, rows, groups: true })
  const products = [...grouped(byProduct, (row) => String(row.product_key))]
    .map(([key, rows]) => ({ key, rows, volume: rows.reduce((sum, row) => sum + Number(row.volume), 0) }))
    .sort((a, b) => b.volume - a.volume || Number(a.key) - Number(b.key))
    .slice(0, parameters.mostProducts)
  for (const { key, rows } of products) {
    const named = titles.get(Number(key))
    if (named) scopes.push({ scope: 'product', key: named.id, title: named.name, rows, groups: false })
  }
  const bands = scopes.map(({ scope, key, title, rows, groups }): Row => {
    const band = priceBandOf(binsOf(rows))
    const interval = groups ? widthInterval([...grouped(rows, (row) => String(row.customer_group)).values()].map(binsOf)) : null
    return {
      scope,
      scope_key: key,
      title,
      reference,
      volume: sumExact(rows),
      lines: rows.reduce((sum, row) => sum + Number(row.lines), 0),
      ...(band ?? {}),
      width_low: interval?.low ?? null,
      width_high: interval?.high ?? null,
    } as Row
  })
  await saveRows(context, priceBand, bands)
  const bins = scopes
    .filter(({ scope }) => scope !== 'product')
    .flatMap(({ scope, key, rows }) => {
      const total = rows.reduce((sum, row) => sum + Number(row.volume), 0)
      return [...grouped(rows, (row) => String(row.bin))].map(
        ([bin, same]): Row => ({
          scope,
          scope_key: key,
          bin_from: Number(bin) / 100,
          volume: sumExact(same),
          share: total > 0 ? same.reduce((sum, row) => sum + Number(row.volume), 0) / total : 0,
        }),
      )
    })
  await saveRows(context, priceBandBin, bins)
}

/** Rows by a key, in the order in which the keys come. */
export function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}

const binsOf = (rows: readonly Row[]): Bins => ({ bin: rows.map((row) => Number(row.bin)), volume: rows.map((row) => Number(row.volume)) })

const sumExact = (rows: readonly Row[]): string => sumDecimals(rows.map((row) => String(row.volume)))

async function sayDiscounts(context: StepContext<unknown>, settings: query.DiscountSettings, line: FittedLine | null): Promise<void> {
  const { warehouse, signal, finding, currency } = context
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true })
  const [band] = await warehouse.rows(sql`select * from price_band where scope = 'all'`, { signal })
  const against = settings.list ? 'list price' : 'the average price of the same product'
  if (band?.width !== null && band?.width !== undefined && Number(band.width) > 0.02) {
    finding({
      name: 'price-band',
      text: `For the same goods, a twentieth of the volume goes at ${formatRatio(Number(band.p05), { digits: 0 })} of ${against} or less and a twentieth above ${formatRatio(Number(band.p95), { digits: 0 })}: a band ${formatRatio(Number(band.width), { digits: 0 })} of its middle wide.`,
      doubt:
        band.width_low === null
          ? ''
          : `90 % interval of the width over customers: ${formatRange(formatRatio(Number(band.width_low), { digits: 0 }), formatRatio(Number(band.width_high), { digits: 0 }))}.`,
      weight: 34,
      kind: 'neutral',
      link: '/pricing',
    })
  }
  if (!line) return
  const rows = await warehouse.rows(query.outliers(3), { signal })
  const doubling = `${formatRatio(Math.abs(line.perDoubling.value))} ${line.perDoubling.value < 0 ? 'less' : 'more'}`
  // Where more than a tenth stands out, promotions or two price lists are at work, not single bargains.
  if (rows.length > 0 && Number(rows[0].total) > 0 && Number(rows[0].customers) <= 0.1 * line.customers) {
    const [first] = rows
    const many = Number(first.customers)
    const next = rows.slice(1).map((row) => `${row.name} (${money(row.stake)})`)
    finding({
      name: 'discount-without-volume',
      text:
        `${formatCounted(many, 'customer')} ${many === 1 ? 'is' : 'are'} given the discount of a size ${many === 1 ? 'it does' : 'they do'} not have, ${money(first.total)} in all: ` +
        `${first.name} is given ${formatRatio(Number(first.discount))} off ${against} where ${formatRatio(Number(first.usual))} is usual at its volume (${money(first.stake)})` +
        `${next.length > 0 ? `; next ${next.join(', ')}` : ''}.`,
      doubt: `At stake ${formatRange(money(first.total_low), money(first.total_high))} by the doubt of the line; a discount may have been bought by terms that the data does not show.`,
      action: 'Account management with pricing: ask what each was promised for, whether it came, and step the discount down to its size.',
      weight: 57,
      kind: 'bad',
      link: '/pricing?view=discounts',
      customers: rows.map((row) => String(row.customer_id)),
    })
  }
  finding({
    name: 'discount-follows-volume',
    text: line.rises
      ? `Customers of twice the volume are usually given ${doubling} off ${against}; volume explains ${formatRatio(line.explained, { digits: 0 })} of the spread of discounts.`
      : `Discounts do not surely rise with volume: at twice the volume usually ${doubling} is given (volume explains ${formatRatio(line.explained, { digits: 0 })} of their spread).`,
    doubt: `90 % interval per doubling: ${formatRange(formatRatio(line.perDoubling.low), formatRatio(line.perDoubling.high))}, over ${formatCounted(line.customers, 'customer')}.`,
    ...(line.explained < 0.1 ? { action: 'Sales management: write down what a discount is for; today it hardly follows size.' } : {}),
    weight: 26,
    kind: line.explained < 0.1 && settings.list ? 'bad' : 'neutral',
    link: '/pricing?view=discounts',
  })
}
