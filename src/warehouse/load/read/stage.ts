import type { Warehouse } from '../../port.ts'
import type { Limits } from './limits.ts'
import type { ReadOptions } from './types.ts'

/** Where a reader puts its work. */
export interface Stage {
  warehouse: Warehouse
  limits: Limits
  options: ReadOptions
  /** A path for a temporary file. */
  temporary(): string
  /** Where the rows go. */
  parquet: string
  /** Where the rows go that could not be read. */
  rejects: string
  /** Told how much of the file is done, 0 to 1, and how many rows. */
  progress(fraction: number, rows: number): void
}

/** A file to be read, unpacked. */
export interface PlainSource {
  name: string
  /** The file as the user gave it. */
  outer: string
  /** Where its content lies. */
  content: string
}
