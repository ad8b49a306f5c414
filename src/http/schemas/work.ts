import { z } from '@hono/zod-openapi'
import { importEffect as importEffectOfLoad, importReport as importReportOfLoad } from '../../warehouse/load/report.ts'
import { problem } from './values.ts'

/** What is done in a workspace: jobs, imports, runs. */

const jobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])

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

export const importEffect = importEffectOfLoad.meta({ id: 'ImportEffect' })

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
