import { z } from '@hono/zod-openapi'
import { manifestSchema } from '../pipeline/manifest.ts'
import { importReport as importReportOfLoad } from '../warehouse/load/report.ts'

/** What travels over HTTP, as zod: answers are described by these in the OpenAPI document and typed by them in the client. */

const money = z.string().meta({ description: 'Exact decimal as text' })

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

// Tables

const columnType = z.enum([
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

// Figures, findings, checks

const figureType = z.enum(['money', 'ratio', 'number', 'integer', 'text', 'date'])

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

// Workspace, jobs

export const jobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])

export const job = z
  .object({
    id: z.string(),
    kind: z.enum(['stage', 'answer', 'run']),
    title: z.string().meta({ description: 'For people: `Reading orders.csv`' }),
    state: jobState,
    progress: z.object({
      fraction: z.number().min(0).max(1),
      phase: z.string().meta({ description: 'What is being done, for people' }),
      detail: z.string().optional(),
    }),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    /** Seconds left by the pace so far; null while that cannot be said. */
    secondsLeft: z.number().nullable(),
    /** What came out, when done: a staged import to look at, or a snapshot. */
    result: z.object({ staged: z.string().optional(), snapshot: z.string().optional() }).nullable(),
    /** What went wrong, when failed. */
    problem: problem.nullable(),
  })
  .openapi('Job')

export const snapshotInfo = z
  .object({ id: z.string(), createdAt: z.string(), asOf: z.string(), current: z.boolean() })
  .openapi('SnapshotInfo')

export const workspace = z
  .object({
    name: z.string(),
    currency: z.string(),
    folder: z.string(),
    version: z.string(),
    imports: z.number(),
    /** The published snapshot; null before the first run. */
    snapshot: snapshotInfo.nullable(),
    /** Imports that came or went after the published snapshot: a run would change figures. */
    stale: z.boolean(),
    /** What is under way or waits. */
    jobs: z.array(job),
    limits: z.object({ uploadBytes: z.number(), uploadFiles: z.number() }),
  })
  .openapi('Workspace')

// Imports

export const question = z
  .object({
    id: z.string(),
    file: z.string(),
    column: z.string().optional(),
    title: z.string(),
    why: z.string(),
    options: z.array(z.object({ value: z.string(), label: z.string(), example: z.string().optional() })),
    suggested: z.string().optional(),
    option: z.string(),
  })
  .openapi('Question')

export const mapping = z
  .object({
    file: z.string(),
    recogniser: z.object({ id: z.string(), title: z.string(), confidence: z.enum(['known', 'suggested', 'unsure']) }),
    fields: z.array(
      z.object({
        field: z.string(),
        title: z.string(),
        table: z.string(),
        column: z.string().nullable(),
        confidence: z.enum(['known', 'suggested', 'unsure']),
        why: z.string(),
        examples: z.array(z.string()),
      }),
    ),
    ignored: z.array(z.string()),
  })
  .openapi('Mapping')

export const stagedFile = z
  .object({
    name: z.string(),
    bytes: z.number(),
    sha256: z.string(),
    format: z.enum(['csv', 'xlsx', 'parquet', 'jsonl', 'json']),
    sheet: z.string().optional(),
    detected: z.array(z.object({ what: z.string(), value: z.string(), example: z.string().optional() })),
    columns: z.array(z.object({ name: z.string(), examples: z.array(z.string()) })),
    rows: z.number(),
    rejected: z.number(),
  })
  .openapi('StagedFile')

/** The reconciliation card, by the name that it has in the document. */
export const importReport = importReportOfLoad
  .extend({ files: z.array(importReportOfLoad.shape.files.element.omit({ path: true })) })
  .meta({ id: 'ImportReport' })

export const stagedImport = z
  .object({
    id: z.string(),
    files: z.array(stagedFile),
    mappings: z.array(mapping),
    questions: z.array(question),
    /** The reconciliation card; null while a question is open. */
    report: importReport.nullable(),
    /** The import that already holds the same content. */
    duplicateOf: z.string().nullable(),
  })
  .openapi('StagedImport')

const recipeName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,79}$/u, 'a recipe name has letters, digits, space, dot, dash and underscore, 80 at most')
  .refine((name) => !name.includes('..'), 'a recipe name has no two dots in a row')

/** Answers to questions and choices about reading. */
export const importAnswers = z
  .strictObject({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'a currency is three capital letters, such as EUR')
      .optional(),
    dateOrder: z.enum(['dmy', 'mdy', 'ymd']).optional(),
    decimalMark: z.enum(['.', ',']).optional(),
    encoding: z.string().max(40).optional(),
    delimiter: z.string().min(1).max(4).optional(),
    sheet: z.string().max(200).optional(),
    layout: z.string().max(80).optional().meta({ description: 'Id of a recogniser' }),
    map: z.record(z.string(), z.string()).optional().meta({ description: 'Our field to their column' }),
    headerRow: z.number().int().min(1).max(10_000).optional(),
    answers: z.record(z.string().max(200), z.string().max(1000)).optional().meta({ description: 'Answers to questions by their id' }),
    recipe: recipeName.optional(),
    saveRecipe: recipeName.optional(),
  })
  .openapi('ImportAnswers')

export const recipe = z.object({ name: z.string(), title: z.string(), savedAt: z.string() }).openapi('Recipe')

// Snapshots

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
    customers: z.array(row).meta({ description: 'Customers that moved most: customer_id, name, before, now, change' }),
  })
  .openapi('Comparison')

// Pages

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
