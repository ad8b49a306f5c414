import { z } from 'zod'

/**
 * What an import found and did: the reconciliation card. Stored as `import.json` beside the Parquet files and never changed.
 */
const amount = z.string().meta({ description: 'Exact decimal as text' })

export const fileReport = z.object({
  name: z.string().meta({ description: 'File name, with the path inside an archive: `orders.zip/2024/jan.csv`' }),
  /** Where the file (or the archive that holds it) lay, so that a row can be shown as it stands there. */
  path: z.string().optional(),
  bytes: z.number(),
  sha256: z.string(),
  format: z.enum(['csv', 'xlsx', 'parquet', 'jsonl', 'json']),
  /** What was detected, each with an example from the file. */
  detected: z.array(z.object({ what: z.string(), value: z.string(), example: z.string().optional() })),
  recogniser: z.object({ id: z.string(), title: z.string(), confidence: z.enum(['known', 'suggested', 'unsure']) }),
  rows: z.number().meta({ description: 'Data rows in the file: without preamble, header and empty rows' }),
})

export const setAsideGroup = z.object({
  reason: z.string().meta({ description: 'In kebab-case: `date-unreadable`' }),
  title: z.string(),
  rows: z.number(),
  /** What it would have added, where the amount could be read. */
  amounts: z.array(z.object({ currency: z.string(), amount })),
  repair: z.string().meta({ description: 'What to do about it' }),
  examples: z.array(
    z.object({
      file: z.string(),
      row: z.number(),
      column: z.string().nullable(),
      value: z.string().nullable(),
      expected: z.string().nullable(),
    }),
  ),
})

export const importReport = z.object({
  id: z.string(),
  createdAt: z.string().meta({ description: 'UTC, ISO 8601' }),
  version: z.string(),
  files: z.array(fileReport),
  /** Which canonical tables it holds, with their rows. */
  tables: z.record(z.string(), z.number()),
  /** SHA-256 of each file beside this card, so that a change shows; imports of earlier versions have none. */
  hashes: z.record(z.string(), z.string()).optional(),
  rowsIn: z.number(),
  rowsKept: z.number(),
  rowsSetAside: z.number(),
  setAside: z.array(setAsideGroup),
  /** Kept lines that deserve a word: returns, cancellations, without customer, fees, adjustments, zero price, repeated, look-alike ids ... */
  flags: z.array(
    z.object({
      flag: z.string(),
      title: z.string(),
      rows: z.number(),
      amounts: z.array(z.object({ currency: z.string(), amount })),
      note: z.string(),
      examples: z.array(z.string()),
    }),
  ),
  /** Control totals of order lines by currency: every layer of a run must sum to them. */
  totals: z.array(
    z.object({
      currency: z.string(),
      lines: z.number(),
      invoiceAmount: amount,
      identifiedAmount: amount,
      unidentifiedAmount: amount,
      unidentifiedLines: z.number(),
      listAmount: amount.nullable(),
      productCost: amount.nullable(),
    }),
  ),
  dates: z.object({ from: z.string(), to: z.string() }).nullable(),
  customers: z.number(),
  orders: z.number(),
  products: z.number(),
  /** What was taken for granted, each in one sentence: `currency EUR: the file has none; taken from clientele.yaml`. */
  assumptions: z.array(z.string()),
  /** Columns of the file that no field uses. */
  ignoredColumns: z.array(z.string()),
  seconds: z.number(),
})

const range = z.object({ from: z.string(), to: z.string() }).nullable()

/** What committing a staged import would change, compared with the imports that count already. */
export const importEffect = z.object({
  /** In plain words, the most telling first. */
  sentences: z.array(z.object({ text: z.string(), warn: z.boolean().meta({ description: 'Worth a second look before committing' }) })),
  /** Imports that count already. */
  imports: z.number(),
  totals: z.array(
    z.object({
      currency: z.string(),
      linesBefore: z.number(),
      amountBefore: amount,
      linesAdded: z.number(),
      amountAdded: amount,
      amountAfter: amount,
    }),
  ),
  dates: z.object({ before: range, added: range }),
  customers: z.object({ known: z.number(), new: z.number() }),
  /** Months that the import has lines in, the latest first, 36 at most. */
  months: z.array(
    z.object({
      month: z.string(),
      currency: z.string(),
      linesBefore: z.number(),
      amountBefore: amount,
      linesAdded: z.number(),
      amountAdded: amount,
    }),
  ),
  monthsShared: z.number().meta({ description: 'Months that have lines already and get more' }),
})

export type ImportEffect = z.infer<typeof importEffect>
export type ImportReport = z.infer<typeof importReport>
export type FileReport = z.infer<typeof fileReport>
export type SetAsideGroup = z.infer<typeof setAsideGroup>
