import { z } from '@hono/zod-openapi'

/** What all answers are made of: cells, rows, contracts, figures, findings, checks, problems. */

export const money = z.string().meta({ description: 'Exact decimal as text' })

/** A cell of a table: decimals as exact text, dates as `YYYY-MM-DD`; a list or structure comes as JSON text. */
export const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const row = z.record(z.string(), cell)
const key = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))

/** RFC 9457. `code` is stable; `problems` says what is wrong, each with its place. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string().optional(),
    code: z.string(),
    hint: z.string().optional(),
    problems: z
      .array(
        z.object({
          message: z.string(),
          hint: z.string().optional(),
          file: z.string().optional(),
          line: z.number().optional(),
          row: z.number().optional(),
          column: z.union([z.number(), z.string()]).optional(),
        }),
      )
      .optional(),
  })
  .openapi('Problem')

export const columnType = z.enum([
  'text',
  'integer',
  'money',
  'money_sum',
  'price',
  'quantity',
  'ratio',
  'number',
  'date',
  'month',
  'boolean',
  'json',
])

export const column = z
  .object({
    type: columnType,
    title: z.string(),
    meaning: z.string(),
    optional: z.boolean(),
    unit: z.string().optional(),
    formula: z.string().optional(),
    /** Whether `explain` can go further than the formula. */
    traced: z.boolean(),
  })
  .openapi('Column')

export const contract = z
  .object({
    name: z.string(),
    title: z.string(),
    meaning: z.string(),
    grain: z.string(),
    key: z.array(z.string()),
    kind: z.enum(['canonical', 'result']),
    columns: z.record(z.string(), column),
  })
  .openapi('Contract')

export const tableList = z.object({
  snapshot: z.string().nullable(),
  tables: z.array(contract.extend({ rows: z.number().nullable().meta({ description: 'Null where the table is not there' }) })),
})

export const tablePage = z
  .object({
    contract,
    rows: z.array(row),
    total: z.number().meta({ description: 'Rows that pass the filters, over all pages' }),
    totals: row.optional().meta({ description: 'Sums over all rows that pass the filters' }),
    offset: z.number(),
    limit: z.number(),
    snapshot: z.string().nullable(),
  })
  .openapi('TablePage')

/** A table that a page shows whole; null where its step was skipped. */
export const exhibit = z.object({ contract, rows: z.array(row) }).openapi('Exhibit')

export const figureType = z.enum(['money', 'ratio', 'number', 'integer', 'text', 'date'])

export const figure = z
  .object({
    name: z.string(),
    title: z.string(),
    value: z.union([z.string(), z.number(), z.null()]),
    type: figureType,
    unit: z.string().optional(),
    low: z.number().nullable().optional(),
    high: z.number().nullable().optional(),
    interval: z.string().optional(),
    meaning: z.string(),
    formula: z.string(),
    missing: z.string().optional(),
    explain: z.object({ table: z.string(), where: key, column: z.string() }).optional(),
  })
  .openapi('Figure')

export const finding = z
  .object({
    name: z.string(),
    text: z.string(),
    doubt: z.string().optional(),
    action: z.string().optional(),
    weight: z.number(),
    kind: z.enum(['good', 'bad', 'neutral', 'data']),
    link: z.string().optional(),
    customers: z.array(z.string()).optional(),
  })
  .openapi('Finding')

export const check = z
  .object({
    name: z.string(),
    title: z.string(),
    status: z.enum(['pass', 'warn', 'fail']),
    blocking: z.boolean(),
    detail: z.string(),
    expected: z.string().optional(),
    actual: z.string().optional(),
  })
  .openapi('Check')

export const skipped = z
  .object({ step: z.string(), title: z.string(), missing: z.array(z.string()), unlock: z.string() })
  .openapi('Skipped')
