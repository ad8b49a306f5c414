import { z } from 'zod'
import { importReport } from '../warehouse/load/report.ts'
import type { Check, Figure, Finding } from './step.ts'

const cellValue = z.union([z.string(), z.number(), z.null()])

const check = z.object({
  name: z.string(),
  title: z.string(),
  status: z.enum(['pass', 'warn', 'fail']),
  blocking: z.boolean(),
  detail: z.string(),
  expected: z.string().optional(),
  actual: z.string().optional(),
}) satisfies z.ZodType<Check>

const finding = z.object({
  name: z.string(),
  text: z.string(),
  doubt: z.string().optional(),
  action: z.string().optional(),
  weight: z.number(),
  kind: z.enum(['good', 'bad', 'neutral', 'data']),
  link: z.string().optional(),
  customers: z.array(z.string()).optional(),
}) satisfies z.ZodType<Finding>

const figure = z.object({
  name: z.string(),
  title: z.string(),
  value: cellValue,
  type: z.enum(['money', 'ratio', 'number', 'integer', 'text', 'date']),
  unit: z.string().optional(),
  low: z.number().nullable().optional(),
  high: z.number().nullable().optional(),
  interval: z.string().optional(),
  meaning: z.string(),
  formula: z.string(),
  missing: z.string().optional(),
  explain: z.object({ table: z.string(), where: z.record(z.string(), cellValue), column: z.string() }).optional(),
}) satisfies z.ZodType<Figure>

/** What a run ends with, as `clientele run --json` prints it. */
export const runSummary = z.object({
  snapshot: z.string().meta({ description: 'Id of the snapshot' }),
  asOf: z.string().meta({ description: 'Last day that counts' }),
  figures: z.array(figure),
  findings: z.array(finding).meta({ description: 'The weightiest first' }),
  tables: z.array(z.object({ name: z.string(), rows: z.number() })),
  checks: z.array(check),
  skipped: z.array(z.object({ step: z.string(), title: z.string(), missing: z.array(z.string()), unlock: z.string() })),
  seconds: z.number(),
})

/** What stands in a snapshot's manifest.json: all that is needed to repeat the run and to trace its figures. */
export const manifestSchema = runSummary.extend({
  createdAt: z.string().meta({ description: 'UTC, ISO 8601' }),
  version: z.string().meta({ description: 'Of Clientele' }),
  engine: z.string().meta({ description: 'Analytics engine and its version' }),
  seed: z.number(),
  currency: z.string(),
  inputs: z.array(
    z.object({
      import: z.string(),
      sha256: z.string().meta({ description: 'Over the hashes of the files that were imported' }),
      files: z.array(z.string()),
      rows: z.number().meta({ description: 'Rows that the import kept' }),
      totals: importReport.shape.totals,
    }),
  ),
  settings: z.record(z.string(), z.unknown()).meta({ description: 'clientele.yaml with its defaults' }),
  settingsHash: z.string().meta({ description: 'SHA-256 over what of the settings can change a figure' }),
  steps: z.array(
    z.object({ name: z.string(), title: z.string(), seconds: z.number(), reads: z.array(z.string()), writes: z.array(z.string()) }),
  ),
  tables: z.array(z.object({ name: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string() })),
})

export type RunSummary = z.infer<typeof runSummary>
export type Manifest = z.infer<typeof manifestSchema>

/** The part of a manifest that a run prints. */
export function summaryOf(manifest: Manifest): RunSummary {
  return runSummary.parse(manifest)
}
