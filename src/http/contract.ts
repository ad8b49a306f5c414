import { createRoute, type RouteConfig, type RouteConfigToTypedResponse, type RouteHandler, z } from '@hono/zod-openapi'
import type { Handler, Hono, ToSchema } from 'hono'
import * as s from './schemas.ts'

/**
 * Every route of the HTTP API: method, path, what goes in, what comes out. The server must handle each (`Handlers`), the web app's
 * client is typed by them (`hc<AppType>`), the OpenAPI document is made of them.
 *
 * An answer that is not 2xx is always a problem (RFC 9457, `application/problem+json`); it stands in the OpenAPI document and not in
 * the types of the client, so that `await (await client.api.v1.portfolio.$get({ query: {} })).json()` is a Portfolio once `ok` was asked.
 */

export const prefix = '/api/v1'

const json = <S extends z.ZodType>(schema: S, description: string) => ({ content: { 'application/json': { schema } }, description })
const file = <T extends string>(type: T, description: string) => ({
  content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } } as Record<T, { schema: z.ZodString }>,
  description,
})

const snapshot = z.string().max(100).optional().meta({ description: 'Id of a snapshot; the published one where absent' })
const id = z.object({ id: z.string().min(1).max(100) })
const count = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'a whole number')
    .refine((text) => Number(text) <= most, `at most ${most}`)
    .optional()

const share = (description: string) =>
  z
    .string()
    .regex(/^\d{1,12}(\.\d{1,12})?$/, 'a number such as 0.35')
    .optional()
    .meta({ description: `${description}; as the run judged it where absent` })

/** Which rows of a table: filters and sorting travel as in a link, so that a view is a link. */
const view = {
  snapshot,
  filters: z
    .string()
    .max(20_000)
    .optional()
    .meta({
      description: 'JSON list of `{ column, op, value }`; op is eq, ne, lt, le, gt, ge, in, contains, null or notnull',
      examples: ['[{"column":"country","op":"in","value":["France"]},{"column":"contribution","op":"lt","value":"0"}]'],
    }),
  sort: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'Column names by comma, a minus before one sorts it descending', examples: ['-contribution,customer_id'] }),
  search: z.string().max(200).optional().meta({ description: 'Text that any text column contains, in any case' }),
  columns: z.string().max(5000).optional().meta({ description: 'Column names by comma; all where absent' }),
}

const worksheet = z
  .string()
  .max(20_000)
  .meta({
    description:
      'JSON: reference, price, functional, startUp, postPurchase (lists of name, amount, once, probability), switchingCost, ourCost, inducement, years, discountPerYear',
    examples: [
      '{"reference":300,"price":850,"functional":[{"name":"output","amount":350}],"postPurchase":[{"name":"maintenance","amount":200}]}',
    ],
  })

const staged = { tags: ['imports'] }

export const routes = {
  live: createRoute({
    method: 'get',
    path: '/health/live',
    tags: ['health'],
    summary: 'The process answers. Needs no token',
    responses: { 200: json(z.object({ status: z.literal('live') }), 'It does') },
  }),
  ready: createRoute({
    method: 'get',
    path: '/health/ready',
    tags: ['health'],
    summary: 'The workspace can be read and the engine answers. Needs no token',
    responses: { 200: json(z.object({ status: z.literal('ready') }), 'They do; 503 otherwise') },
  }),
  doctor: createRoute({
    method: 'get',
    path: '/doctor',
    tags: ['health'],
    summary: 'What is right and wrong with the installation and the workspace',
    responses: { 200: json(s.doctorReport, 'Checks with hints') },
  }),
  openapi: createRoute({
    method: 'get',
    path: '/openapi.json',
    tags: ['health'],
    summary: 'This document',
    responses: { 200: json(z.looseObject({ openapi: z.string() }), 'OpenAPI 3.1') },
  }),

  workspace: createRoute({
    method: 'get',
    path: '/workspace',
    tags: ['workspace'],
    summary: 'Name, currency, published snapshot, what is under way',
    responses: { 200: json(s.workspace, 'The workspace') },
  }),

  imports: createRoute({
    method: 'get',
    path: '/imports',
    tags: ['imports'],
    summary: 'Active imports with their reconciliation cards, oldest first',
    responses: { 200: json(z.object({ imports: z.array(s.importReport) }), 'Reports') },
  }),
  import: createRoute({
    method: 'get',
    path: '/imports/{id}',
    tags: ['imports'],
    summary: 'One import',
    request: { params: id },
    responses: { 200: json(s.importReport, 'Its report') },
  }),
  undoImport: createRoute({
    method: 'post',
    path: '/imports/{id}/undo',
    tags: ['imports'],
    summary: 'Takes an import out; snapshots that read it stay',
    request: { params: id },
    responses: { 200: json(s.importReport, 'The report of what was undone') },
  }),
  setAside: createRoute({
    method: 'get',
    path: '/imports/{id}/set-aside.csv',
    tags: ['imports'],
    summary: 'Rows that were set aside: file, row, column, value, reason, amount',
    request: { params: id },
    responses: { 200: file('text/csv', 'CSV, safe to open in a spreadsheet') },
  }),
  stageImport: createRoute({
    method: 'post',
    path: '/imports',
    ...staged,
    summary: 'Uploads files and stages them; nothing is visible before commit. The job ends with the id of a staged import',
    request: {
      body: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: z.object({
              /** A `File` each in a browser; their names may bear folders, by `/`. */
              files: z.union([z.any(), z.array(z.any())]).openapi({ type: 'array', items: { type: 'string', format: 'binary' } }),
              options: z.string().optional().meta({ description: 'ImportAnswers as JSON' }),
            }),
          },
        },
      },
    },
    responses: { 202: json(s.job, 'The job that reads them') },
  }),
  stagedImports: createRoute({
    method: 'get',
    path: '/staged-imports',
    ...staged,
    summary: 'What is staged and neither committed nor discarded',
    responses: { 200: json(z.object({ staged: z.array(s.stagedImport) }), 'Staged imports') },
  }),
  stagedImport: createRoute({
    method: 'get',
    path: '/staged-imports/{id}',
    ...staged,
    summary: 'Files, mapping, open questions and, once none is open, the reconciliation card',
    request: { params: id },
    responses: { 200: json(s.stagedImport, 'The staged import') },
  }),
  stagedEffect: createRoute({
    method: 'get',
    path: '/staged-imports/{id}/effect',
    ...staged,
    summary: 'What committing would change, compared with the imports that count already',
    request: { params: id },
    responses: { 200: json(z.object({ effect: s.importEffect.nullable() }), 'The effect; null while a question is open') },
  }),
  stagedSetAside: createRoute({
    method: 'get',
    path: '/staged-imports/{id}/set-aside.csv',
    ...staged,
    summary: 'Rows that would be set aside',
    request: { params: id },
    responses: { 200: file('text/csv', 'CSV, safe to open in a spreadsheet') },
  }),
  answerImport: createRoute({
    method: 'post',
    path: '/staged-imports/{id}/answers',
    ...staged,
    summary: 'Answers questions and changes the mapping; earlier answers stay unless given anew',
    request: { params: id, body: { required: true, content: { 'application/json': { schema: s.importAnswers } } } },
    responses: { 202: json(s.job, 'The job that stages again') },
  }),
  commitImport: createRoute({
    method: 'post',
    path: '/staged-imports/{id}/commit',
    ...staged,
    summary: 'Makes a staged import visible',
    request: { params: id },
    responses: { 200: json(s.importReport, 'Its report') },
  }),
  discardImport: createRoute({
    method: 'delete',
    path: '/staged-imports/{id}',
    ...staged,
    summary: 'Throws a staged import away',
    request: { params: id },
    responses: { 200: json(z.object({ discarded: z.string() }), 'Gone') },
  }),
  recipes: createRoute({
    method: 'get',
    path: '/recipes',
    tags: ['imports'],
    summary: 'Saved mapping recipes',
    responses: { 200: json(z.object({ recipes: z.array(s.recipe) }), 'Recipes') },
  }),

  startRun: createRoute({
    method: 'post',
    path: '/runs',
    tags: ['runs'],
    summary: 'Computes a new snapshot from the active imports and publishes it',
    request: {
      body: {
        content: {
          'application/json': {
            schema: z.strictObject({
              asOf: z
                .string()
                .regex(/^\d{4}-\d{2}-\d{2}$/, 'a date YYYY-MM-DD')
                .optional(),
              seed: z.number().int().min(0).max(4_294_967_295).optional(),
            }),
          },
        },
      },
    },
    responses: { 202: json(s.job, 'The job') },
  }),
  jobs: createRoute({
    method: 'get',
    path: '/jobs',
    tags: ['jobs'],
    summary: 'Jobs of this server, latest first',
    responses: { 200: json(z.object({ jobs: z.array(s.job) }), 'Jobs') },
  }),
  job: createRoute({
    method: 'get',
    path: '/jobs/{id}',
    tags: ['jobs'],
    summary: 'One job',
    request: { params: id },
    responses: { 200: json(s.job, 'The job') },
  }),
  cancelJob: createRoute({
    method: 'post',
    path: '/jobs/{id}/cancel',
    tags: ['jobs'],
    summary: 'Stops a job; nothing it did becomes visible',
    request: { params: id },
    responses: { 200: json(s.job, 'The job; `cancelled` as soon as it has stopped') },
  }),
  jobEvents: createRoute({
    method: 'get',
    path: '/jobs/{id}/events',
    tags: ['jobs'],
    summary: 'Server-sent events `job`, each the job as JSON; the stream ends after the job does',
    request: { params: id },
    responses: { 200: file('text/event-stream', 'Events') },
  }),

  snapshots: createRoute({
    method: 'get',
    path: '/snapshots',
    tags: ['snapshots'],
    summary: 'Snapshots, latest first',
    responses: { 200: json(z.object({ snapshots: z.array(s.snapshotInfo) }), 'Snapshots') },
  }),
  snapshot: createRoute({
    method: 'get',
    path: '/snapshots/{id}',
    tags: ['snapshots'],
    summary: 'The manifest of a snapshot; `current` is the published one',
    request: { params: id },
    responses: { 200: json(s.manifest, 'Inputs, settings, steps, tables, figures, findings, checks') },
  }),
  comparison: createRoute({
    method: 'get',
    path: '/comparison',
    tags: ['snapshots'],
    summary: 'What differs between two snapshots, and why',
    request: { query: z.object({ a: z.string().max(100), b: z.string().max(100) }) },
    responses: { 200: json(s.comparison, 'Differences from a to b') },
  }),

  portfolio: createRoute({
    method: 'get',
    path: '/portfolio',
    tags: ['pages'],
    summary: 'Everything that the Portfolio page shows but the customer table',
    request: { query: z.object({ snapshot }) },
    responses: { 200: json(s.portfolio, 'The portfolio') },
  }),
  customer: createRoute({
    method: 'get',
    path: '/customer',
    tags: ['pages'],
    summary: 'Everything that the page of one customer shows',
    request: { query: z.object({ id: z.string().min(1).max(500), snapshot }) },
    responses: { 200: json(s.customer, 'The customer') },
  }),
  priceWaterfall: createRoute({
    method: 'get',
    path: '/price-waterfall',
    tags: ['pages'],
    summary: 'From list price to pocket margin, for everybody, a segment or a customer',
    request: {
      query: z.object({
        scope: z.enum(['all', 'segment', 'customer']),
        key: z.string().max(500).optional().meta({ description: 'The segment or the customer' }),
        span: z.enum(['whole', 'previous', 'current']).optional().meta({ description: 'whole where absent' }),
        snapshot,
      }),
    },
    responses: { 200: json(s.priceWaterfall, 'Its steps') },
  }),
  economicValue: createRoute({
    method: 'get',
    path: '/economic-value',
    tags: ['pages'],
    summary: 'The worksheet of economic value to the customer, worked out',
    request: { query: z.object({ input: worksheet }) },
    responses: { 200: json(s.economicValue, 'Value, what the customer keeps, and what the price means') },
  }),
  economicValueWorkbook: createRoute({
    method: 'get',
    path: '/economic-value.xlsx',
    tags: ['downloads'],
    summary: 'The same worksheet as a workbook with live formulas',
    request: { query: z.object({ input: worksheet }) },
    responses: { 200: file('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'XLSX') },
  }),
  tryPlan: createRoute({
    method: 'post',
    path: '/plan/try',
    tags: ['pages'],
    summary: 'The best investment plan under another budget, with items held or left out; nothing is stored',
    request: { query: z.object({ snapshot }), body: { content: { 'application/json': { schema: s.planTrial } }, required: true } },
    responses: { 200: json(s.triedPlan, 'The plan') },
  }),
  remedySimulation: createRoute({
    method: 'get',
    path: '/remedy-simulation',
    tags: ['pages'],
    summary: 'What a remedy would bring under other judgements, for one customer or all to whom it is proposed',
    request: {
      query: z.object({
        remedy: z
          .string()
          .max(100)
          .meta({ examples: ['minimum-order'] }),
        customer: z.string().min(1).max(500).optional(),
        accept: share('Chance that a customer goes along'),
        adapt: share('Chance that it changes what it does instead of paying'),
        defect: share('Chance that it leaves'),
        effect: share('Share of what is aimed at that is reached'),
        adaptEffect: share('The same when it changes what it does'),
        marginLoss: share('Share of the margin lost when it goes along'),
        oneOff: share('What it costs once for each customer'),
        horizonMonths: share('Months after which the value holds'),
        snapshot,
      }),
    },
    responses: { 200: json(s.remedySimulation, 'The simulation') },
  }),
  explain: createRoute({
    method: 'get',
    path: '/explain',
    tags: ['pages'],
    summary: 'How a figure was computed: formula, inputs, source rows, file and line',
    request: {
      query: z.object({
        table: z.string().max(100),
        where: z
          .string()
          .max(5000)
          .meta({ description: "JSON object: the row's key", examples: ['{"customer_id":"17850"}'] }),
        column: z.string().max(100),
        snapshot,
        limit: count(1000).meta({ description: 'Source rows to show; 20 where absent' }),
      }),
    },
    responses: { 200: json(s.explanation, 'The explanation') },
  }),
  sourceLine: createRoute({
    method: 'get',
    path: '/source-line',
    tags: ['pages'],
    summary: 'The line of an imported file that a row came from, as it stands there',
    request: {
      query: z.object({
        import: z.string().max(100),
        file: z.string().max(1000),
        row: z
          .string()
          .regex(/^[1-9]\d{0,11}$/, 'a row number from 1')
          .meta({ description: 'As `source_row` of the order line' }),
      }),
    },
    responses: {
      200: json(
        z.object({ line: z.object({ line: z.number().nullable(), text: z.string() }).nullable() }),
        'The line, cut after 4,000 characters; null when the file is not where it was any more',
      ),
    },
  }),
  search: createRoute({
    method: 'get',
    path: '/search',
    tags: ['pages'],
    summary: 'Customers, products, pages, tables and terms by words',
    request: { query: z.object({ q: z.string().max(200), limit: count(50) }) },
    responses: { 200: json(z.object({ hits: z.array(s.searchHit) }), 'Best first') },
  }),
  glossary: createRoute({
    method: 'get',
    path: '/glossary',
    tags: ['pages'],
    summary: 'Terms with meaning, formula, limits and synonyms',
    responses: { 200: json(z.object({ terms: z.array(s.term) }), 'Terms by name') },
  }),

  tables: createRoute({
    method: 'get',
    path: '/tables',
    tags: ['tables'],
    summary: 'Contracts of all tables with their rows',
    request: { query: z.object({ snapshot }) },
    responses: { 200: json(s.tableList, 'Tables') },
  }),
  table: createRoute({
    method: 'get',
    path: '/tables/{name}',
    tags: ['tables'],
    summary: 'Rows of a table: filtered, searched, sorted, paged',
    request: {
      params: z.object({ name: z.string().max(100) }),
      query: z.object({
        ...view,
        offset: count(100_000_000),
        limit: count(5000).meta({ description: '100 where absent' }),
        totals: z.enum(['true', 'false']).optional().meta({ description: 'Whether to sum over all rows that pass' }),
      }),
    },
    responses: { 200: json(s.tablePage, 'A page') },
  }),
  exportTable: createRoute({
    method: 'get',
    path: '/tables/{name}/export',
    tags: ['tables'],
    summary: 'All rows of a view as CSV (safe to open in a spreadsheet) or Parquet',
    request: {
      params: z.object({ name: z.string().max(100) }),
      query: z.object({ ...view, format: z.enum(['csv', 'parquet']) }),
    },
    responses: { 200: file('application/octet-stream', 'The file') },
  }),
  query: createRoute({
    method: 'post',
    path: '/query',
    tags: ['tables'],
    summary: 'Runs one read-only select over the tables of a snapshot and the canonical tables',
    request: {
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.strictObject({
              sql: z.string().min(1).max(100_000),
              snapshot,
              limit: z.number().int().min(1).max(10_000).optional(),
            }),
          },
        },
      },
    },
    responses: { 200: json(s.queryResult, 'Rows; lists and structures as JSON text') },
  }),

  whatIf: createRoute({
    method: 'post',
    path: '/cost-model/what-if',
    tags: ['pages'],
    summary: 'What would change for customers with other rates, capacities or time equations; nothing is changed',
    request: { body: { required: true, content: { 'application/json': { schema: s.scenario } } } },
    responses: { 200: json(s.scenarioResult, 'Before and after, who moves most, and the scenario as text for clientele.yaml') },
  }),

  report: createRoute({
    method: 'get',
    path: '/report.html',
    tags: ['downloads'],
    summary: 'The report: one HTML file with charts, for reading and printing',
    request: { query: z.object({ snapshot, download: z.enum(['true', 'false']).optional() }) },
    responses: { 200: file('text/html', 'HTML') },
  }),
  workbook: createRoute({
    method: 'get',
    path: '/workbook.xlsx',
    tags: ['downloads'],
    summary: 'The workbook: an index, one sheet an exhibit, live totals',
    request: { query: z.object({ snapshot }) },
    responses: { 200: file('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'XLSX') },
  }),
} as const satisfies Record<string, RouteConfig>

export type Routes = typeof routes

/** A handler for every route: a route without one does not compile. */
export type Handlers = { [Name in keyof Routes]: RouteHandler<Routes[Name]> }

type InputOf<R extends RouteConfig> = RouteHandler<R> extends Handler<infer _E, infer _P, infer I> ? I : never
type PathOf<P extends string> = P extends `${infer Start}/{${infer Param}}${infer Rest}` ? `${Start}/:${Param}${PathOf<Rest>}` : P
type Joined<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never
type SchemaOf<R extends RouteConfig> = ToSchema<
  R['method'],
  `${typeof prefix}${PathOf<R['path']>}`,
  InputOf<R>,
  RouteConfigToTypedResponse<R>
>

/** The type for `hc<AppType>('/')`. */
export type AppType = Hono<Record<never, never>, Joined<{ [Name in keyof Routes]: SchemaOf<Routes[Name]> }[keyof Routes]>, '/'>
