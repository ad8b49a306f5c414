import { join } from 'node:path'
import { compareDecimals, ratioOf, sumDecimals } from '../../shared/decimal.ts'
import { formatCount, formatCounted, formatDate, formatMoney, formatMonth, formatShare } from '../../shared/format.ts'
import { canonicalTables } from '../contract/index.ts'
import { openDuckDB } from '../duckdb.ts'
import { id } from '../sql.ts'
import { effectByMonth, effectOnCustomers } from './canonical/effect.sql.ts'
import type { ImportEffect, ImportReport } from './report.ts'
import { stageFolders } from './staging.ts'
import type { ImportPlace } from './types.ts'

const mostMonths = 36

/** Works out what committing a stage would change. `active` are the imports that count already; reads whole columns, writes nothing. */
export async function effectOfStage(
  place: ImportPlace,
  stage: string,
  report: ImportReport,
  active: readonly ImportReport[],
): Promise<ImportEffect> {
  const earlier = active.filter((one) => (one.tables.order_line ?? 0) > 0)
  const hasLines = (report.tables.order_line ?? 0) > 0
  let months: ImportEffect['months'] = []
  let customers = { known: 0, new: 0 }
  const days = { before: [] as string[], added: [] as string[] }
  if (hasLines) {
    const warehouse = await openDuckDB({ memoryLimit: place.memoryLimit ?? '700MB', ...(place.threads ? { threads: place.threads } : {}) })
    try {
      await warehouse.attach('added', [join(stageFolders(place, stage).output, 'order_line.parquet')])
      if (earlier.length > 0)
        await warehouse.attach(
          'before',
          earlier.map((one) => join(place.importsDir, one.id, 'order_line.parquet')),
        )
      const before = earlier.length > 0 ? id('before') : null
      const rows = await warehouse.rows(effectByMonth(id('added'), before))
      months = rows.map((row) => ({
        month: String(row.month).slice(0, 7),
        currency: String(row.currency),
        linesBefore: Number(row.lines_before),
        amountBefore: String(row.amount_before),
        linesAdded: Number(row.lines_added),
        amountAdded: String(row.amount_added),
      }))
      for (const row of rows) {
        for (const day of [row.first_before, row.last_before]) if (day !== null) days.before.push(String(day))
        for (const day of [row.first_added, row.last_added]) if (day !== null) days.added.push(String(day))
      }
      const [found] = await warehouse.rows(effectOnCustomers(id('added'), before))
      customers = { known: Number(found.known), new: Number(found.fresh) }
    } finally {
      await warehouse.close()
    }
  }
  const totals = [...new Set(months.map(({ currency }) => currency))].sort().map((currency) => {
    const own = months.filter((month) => month.currency === currency)
    const amountBefore = sumDecimals(own.map((month) => month.amountBefore))
    const amountAdded = sumDecimals(own.map((month) => month.amountAdded))
    return {
      currency,
      linesBefore: own.reduce((sum, month) => sum + month.linesBefore, 0),
      amountBefore,
      linesAdded: own.reduce((sum, month) => sum + month.linesAdded, 0),
      amountAdded,
      amountAfter: sumDecimals([amountBefore, amountAdded]),
    }
  })
  const touched = months.filter((month) => month.linesAdded > 0)
  const shared = touched.filter((month) => month.linesBefore > 0)
  const effect = {
    imports: active.length,
    totals,
    dates: { before: rangeOf(days.before), added: rangeOf(days.added) },
    customers,
    months: touched.toReversed().slice(0, mostMonths),
    monthsShared: new Set(shared.map(({ month }) => month)).size,
  }
  return { sentences: sentencesOf(effect, report, active, shared), ...effect }
}

const rangeOf = (days: string[]) => {
  const sorted = days.toSorted()
  return sorted.length === 0 ? null : { from: sorted[0], to: sorted[sorted.length - 1] }
}

type Facts = Omit<ImportEffect, 'sentences'>

function sentencesOf(
  effect: Facts,
  report: ImportReport,
  active: readonly ImportReport[],
  shared: Facts['months'],
): ImportEffect['sentences'] {
  const said: ImportEffect['sentences'] = []
  const say = (text: string, warn = false) => said.push({ text, warn })
  for (const total of effect.totals.filter(({ linesAdded }) => linesAdded > 0)) {
    const adds = `${formatCounted(total.linesAdded, 'line')} with ${formatMoney(total.amountAdded, total.currency)}`
    if (total.linesBefore === 0) {
      say(effect.dates.before === null ? `${adds}: the first orders of this portfolio.` : `${adds}: the first in ${total.currency}.`)
      continue
    }
    const growth = ratioOf(total.amountAdded, total.amountBefore)
    const share =
      growth === null || compareDecimals(total.amountBefore, '0') <= 0 ? '' : ` (${growth >= 0 ? '+' : ''}${formatShare(growth)})`
    say(
      `${adds} come to ${formatCounted(total.linesBefore, 'line')} with ${formatMoney(total.amountBefore, total.currency)}${share}: ${formatMoney(total.amountAfter, total.currency)} in all.`,
    )
  }
  const { before, added } = effect.dates
  if (before && added) {
    if (added.from > before.to)
      say(`They follow on what is there: ${formatDate(added.from)} to ${formatDate(added.to)}, after ${formatDate(before.to)}.`)
    else if (added.to < before.from)
      say(`They lie before what is there: ${formatDate(added.from)} to ${formatDate(added.to)}, before ${formatDate(before.from)}.`)
    else if (added.from >= before.from && added.to <= before.to)
      say(`They lie within the days that are there: ${formatDate(added.from)} to ${formatDate(added.to)}.`)
    else {
      const all = rangeOf([before.from, before.to, added.from, added.to])
      say(
        `The orders then reach from ${formatDate(all?.from)} to ${formatDate(all?.to)}; until now from ${formatDate(before.from)} to ${formatDate(before.to)}.`,
      )
    }
  }
  if (shared.length > 0) {
    const names = [...new Set(shared.map(({ month }) => month))]
    const most = shared.toSorted((a, b) => -compareDecimals(a.amountAdded, b.amountAdded))[0]
    say(
      `${formatCounted(names.length, 'month')} already ${names.length === 1 ? 'has' : 'have'} orders and ${names.length === 1 ? 'gets' : 'get'} more, ${formatMonth(`${most.month}-01`)} most: ${formatMoney(most.amountBefore, most.currency)} becomes ${formatMoney(sumDecimals([most.amountBefore, most.amountAdded]), most.currency)}. Right if these orders are others; no order number is counted twice.`,
      true,
    )
  }
  const people = effect.customers.known + effect.customers.new
  if (people > 0) {
    say(
      effect.dates.before === null
        ? `${formatCounted(people, 'customer')}, all of them new.`
        : `${formatCounted(people, 'customer')}: ${formatCount(effect.customers.known)} known, ${formatCount(effect.customers.new)} new.`,
    )
    // Two systems that number customers differently look like this; so does a first file of another market.
    if (effect.dates.before !== null && effect.customers.known === 0)
      say('Not one customer is known from earlier imports: check that both files number customers alike.', true)
  }
  for (const [reason, text] of [
    ['already-imported', 'of orders that stand in earlier imports, line for line: not counted again'],
    ['order-changed', 'of orders that stand in earlier imports with other lines: the earlier lines go on counting'],
  ] as const) {
    const group = report.setAside.find((one) => one.reason === reason)
    if (group) say(`${formatCounted(group.rows, 'row')} ${text}.`, reason === 'order-changed')
  }
  const fresh = canonicalTables.filter(
    ({ name }) =>
      !['order_line', 'order', 'customer', 'product'].includes(name) &&
      (report.tables[name] ?? 0) > 0 &&
      !active.some((one) => (one.tables[name] ?? 0) > 0),
  )
  for (const table of fresh) say(`${table.title} for the first time: ${formatCounted(report.tables[table.name], 'row')}.`)
  const costed = (one: ImportReport) => one.totals.some(({ productCost }) => productCost !== null)
  if (active.length > 0 && costed(report) && !active.some(costed)) say('Product costs for the first time: contribution can be computed.')
  if (said.length === 0)
    say(
      `${Object.entries(report.tables)
        .filter(([, rows]) => rows > 0)
        .map(([name, rows]) => formatCounted(rows, name.replaceAll('_', ' ')))
        .join(', ')}; no order lines.`,
    )
  return said
}
