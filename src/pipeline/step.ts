import type { z } from 'zod'
import type { TableContract } from '../warehouse/contract/index.ts'
import type { Warehouse } from '../warehouse/port.ts'
import type { Sql } from '../warehouse/sql.ts'

/**
 * One question answered from tables: what it reads, what it writes, and the function that does it.
 *
 * Steps are plain values in `analytics/<folder>/steps.ts`; the pipeline orders them by what they read and write. A step has no clock,
 * no environment and no hidden randomness: `asOf` and `seed` come with the context.
 */
export interface Step<P = unknown> {
  /** In kebab-case, unique: `customer-layers`. */
  name: string
  /** For people: `Contribution layers by customer`. */
  title: string
  /** Tables that must be there, or the step is skipped. */
  reads: string[]
  /** Tables that it uses when they are there. */
  readsIfPresent?: string[]
  writes: TableContract[]
  /** What to load so that a skipped step runs: one sentence. */
  unlock: string
  /** Settings of the step, from `steps.<name>` in clientele.yaml, with defaults. */
  parameters: z.ZodType<P>
  run(context: StepContext<P>): Promise<void>
}

export interface StepContext<P = unknown> {
  warehouse: Warehouse
  parameters: P
  /** The last day that counts, `YYYY-MM-DD`. */
  asOf: string
  seed: number
  /** Reporting currency, ISO 4217. */
  currency: string
  signal: AbortSignal
  /** Whether a table that the step may read is there, or, for `keptSums`, whether the sums of the imports are. */
  has(table: string): boolean
  /** Writes a result table: sorted by its key unless `orderBy` says otherwise, columns as in the contract, checked against it. */
  save(table: TableContract, query: Sql, orderBy?: Sql): Promise<void>
  /** Tells how far the step is, 0 to 1. */
  progress(fraction: number): void
  /** States something that must hold. A failed blocking check keeps the snapshot from being published. */
  check(check: Check): void
  /** Says something a user should know, most important first by `weight`. */
  finding(finding: Finding): void
  /** A key figure of the whole portfolio. */
  figure(figure: Figure): void
}

/** Something that must hold, with both sides. */
export interface Check {
  /** In kebab-case: `layers-tie-to-import`. */
  name: string
  title: string
  status: 'pass' | 'warn' | 'fail'
  /** A failed one keeps the snapshot from being published. */
  blocking: boolean
  /** What was compared, in words and numbers. */
  detail: string
  expected?: string
  actual?: string
}

/** One thing worth saying, computed. */
export interface Finding {
  /** In kebab-case, stable between runs: `loved-giant-loses-money`. */
  name: string
  /** One sentence with its numbers: `12 % of customers bring 94 % of profit`. */
  text: string
  /** How sure, in words; empty when it is a plain count. */
  doubt?: string
  /** What to do about it and which function owns it. */
  action?: string
  /** Larger stands first. */
  weight: number
  kind: 'good' | 'bad' | 'neutral' | 'data'
  /** Where to see it: a page of the web app with its filters, such as `/customers?sort=-contribution`. */
  link?: string
  /** Customers that it names. */
  customers?: string[]
}

/** A key figure with what it means and how to check it. */
export interface Figure {
  /** In snake_case: `net_revenue`. */
  name: string
  title: string
  /** Exact decimal as text for money, number otherwise; null when the data cannot carry it. */
  value: string | number | null
  type: 'money' | 'ratio' | 'number' | 'integer' | 'text' | 'date'
  unit?: string
  /** Bounds of the interval, in the figure's own unit. */
  low?: number | null
  high?: number | null
  /** Such as `90 % bootstrap interval over customers`. */
  interval?: string
  meaning: string
  formula: string
  /** Why it is null, and what would give it. */
  missing?: string
  /** The table, row and column that explain it. */
  explain?: { table: string; where: Record<string, string | number | null>; column: string }
}

/** A step with its parameter type forgotten, as the graph holds it. */
// biome-ignore lint/suspicious/noExplicitAny: a list of steps with different parameter types has no narrower element type
export type AnyStep = Step<any>
