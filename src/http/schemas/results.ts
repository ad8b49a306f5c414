import { z } from '@hono/zod-openapi'
import { manifestSchema } from '../../pipeline/manifest.ts'
import { cell, check, columnType, contract, exhibit, figure, figureType, finding, money, row, skipped } from './values.ts'
import { snapshotInfo } from './work.ts'

/** What came out: snapshots, pages, explanations. */

export const manifest = manifestSchema.meta({ id: 'Manifest' })

export const comparison = z
  .object({
    a: snapshotInfo,
    b: snapshotInfo,
    why: z.array(z.string()).meta({ description: 'Inputs, settings and versions that differ' }),
    figures: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        type: figureType,
        unit: z.string().optional(),
        a: cell,
        b: cell,
        change: cell,
      }),
    ),
    tables: z.array(
      z.object({
        name: z.string(),
        rowsA: z.number(),
        rowsB: z.number(),
        added: z.number(),
        removed: z.number(),
        changed: z.number(),
      }),
    ),
    customers: z
      .array(
        z.object({
          customer_id: z.string(),
          name: z.string().nullable(),
          before: money.nullable(),
          now: money.nullable(),
          change: money,
        }),
      )
      .meta({ description: 'Customers that moved most' }),
  })
  .openapi('Comparison')

export const portfolio = z
  .object({
    workspace: z.object({ name: z.string(), currency: z.string() }),
    snapshot: snapshotInfo.extend({ version: z.string() }),
    /** The finding that the page bears as its title. */
    title: z.string(),
    figures: z.array(figure),
    findings: z.array(finding),
    /** Table `layer`. */
    layers: exhibit.nullable(),
    whaleCurve: exhibit.nullable(),
    concentration: exhibit.nullable(),
    months: exhibit.nullable(),
    /** The two periods that the bridge compares. */
    periods: exhibit.nullable(),
    bridge: exhibit.nullable(),
    movers: z
      .object({
        contract,
        gains: z.array(row),
        losses: z.array(row),
        /** By status: new, returning, kept, lost. */
        statuses: z.array(z.object({ status: z.string(), customers: z.number(), previous: money, current: money, change: money })),
      })
      .nullable(),
    /** How many rows table `customer_profit` has, and the row of lines without a customer. */
    customers: z.object({ total: z.number(), unidentified: row.nullable() }),
    checks: z.array(check),
    skipped: z.array(skipped),
    /** Imports that the snapshot read. */
    inputs: z.array(z.object({ import: z.string(), files: z.array(z.string()), rows: z.number() })),
  })
  .openapi('Portfolio')

export const customer = z
  .object({
    workspace: z.object({ name: z.string(), currency: z.string() }),
    snapshot: snapshotInfo.extend({ version: z.string() }),
    /** What stands out about the customer, one sentence. */
    title: z.string(),
    /** Row of `customer_profit`. */
    profit: z.object({ contract, row }),
    /** What the source says about the customer: row of `customer` without empty columns; null for the unidentified. */
    attributes: z.object({ contract, row }).nullable(),
    layers: z.array(
      z.object({
        layer: z.string(),
        title: z.string(),
        role: z.string(),
        amount: money.nullable(),
        available: z.boolean(),
        reason: z.string().nullable(),
        unlock: z.string().nullable(),
      }),
    ),
    rank: z
      .object({
        measure: z.number(),
        revenue: z.number(),
        of: z.number(),
        share: z.number().nullable(),
        cumulativeShare: z.number().nullable(),
        /** Neighbours by rank, to step through. */
        before: z.string().nullable(),
        after: z.string().nullable(),
      })
      .nullable(),
    /** The customer month by month; every month between its first and last has a row. */
    months: exhibit,
    /** Largest products first, at most 100. */
    products: exhibit.extend({ total: z.number() }),
    /** Latest first, at most 50. */
    orders: exhibit.extend({ total: z.number() }),
    /** Row of `customer_change`; null where the periods hold no line of the customer. */
    change: z.object({ contract, row, periods: z.array(row) }).nullable(),
    findings: z.array(finding),
  })
  .openapi('Customer')

export const explanation = z
  .object({
    table: z.string(),
    column: z.string(),
    title: z.string(),
    value: cell,
    type: columnType,
    unit: z.string().optional(),
    meaning: z.string(),
    formula: z.string().optional(),
    where: row,
    inputs: z.array(
      z.object({
        column: z.string(),
        title: z.string(),
        value: cell,
        type: columnType,
        formula: z.string().optional(),
        /** Its own rows, where it is a sum of them. */
        sources: z.object({ table: z.string(), rows: z.number(), sum: z.string().optional(), matches: z.boolean() }).optional(),
      }),
    ),
    /** What the formula gives with these inputs, and whether that is the figure; absent where the formula is in words. */
    computed: z.object({ value: z.union([z.string(), z.number(), z.null()]), matches: z.boolean() }).optional(),
    sources: z
      .object({
        table: z.string(),
        rows: z.number(),
        sum: z.string().optional(),
        /** Whether they add up to the figure, to the last decimal. */
        matches: z.boolean(),
        sample: z.array(row),
      })
      .optional(),
    snapshot: z.string(),
    asOf: z.string(),
    currency: z.string(),
    imports: z.array(
      z.object({ id: z.string(), files: z.array(z.string()), active: z.boolean().meta({ description: 'False once it was undone' }) }),
    ),
    checks: z.array(check),
  })
  .openapi('Explanation')

export const queryResult = z
  .object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(row),
    /** True when the limit cut rows off. */
    truncated: z.boolean(),
    milliseconds: z.number(),
  })
  .openapi('QueryResult')

export const searchHit = z
  .object({
    kind: z.enum(['page', 'customer', 'product', 'term', 'table']),
    id: z.string(),
    title: z.string(),
    detail: z.string(),
    /** A path of the web app. */
    link: z.string(),
  })
  .openapi('SearchHit')

export const term = z
  .object({
    id: z.string(),
    term: z.string(),
    meaning: z.string(),
    formula: z.string().optional(),
    limits: z.string().optional(),
    synonyms: z.array(z.string()),
    see: z.array(z.string()),
    /** Columns and figures that show it: `customer_profit.contribution`, `figure.net_revenue`. */
    shownIn: z.array(z.string()),
  })
  .openapi('Term')

export const doctorReport = z
  .object({
    ok: z.boolean(),
    checks: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        status: z.enum(['pass', 'warn', 'fail']),
        detail: z.string(),
        hint: z.string().optional(),
      }),
    ),
  })
  .openapi('DoctorReport')
