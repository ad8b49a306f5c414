import type { Limits } from './limits.ts'

/** How far reading has come. Bytes are those of the files as they lie on disk. */
export interface ReadProgress {
  bytesRead: number
  bytesTotal: number
  rows: number
}

export interface ReadOptions {
  /** Name of the encoding (`utf-8`, `windows-1252`, `utf-16le`, `shift_jis` ...); detected by default. */
  encoding?: string | undefined
  /** One character, or `tab`; detected among comma, semicolon, tab and bar by default. */
  delimiter?: string | undefined
  /** Sheet of a workbook by name or by number from 1; by default every sheet that holds a table. */
  sheet?: string | undefined
  /** Row that holds the column names, counted from 1; 0 when there is none. Found by default. */
  headerRow?: number | undefined
  /** What the user said about numbers; kept for the reader's statements only, cells stay as they are. */
  decimalMark?: '.' | ',' | undefined
  limits?: Partial<Limits> | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: ReadProgress) => void) | undefined
  /** Memory for the engine that writes the Parquet files. Defaults to `512MB`. */
  memoryLimit?: string | undefined
}

/** Something that was found out about a file, stated with an example from it. */
export interface Detected {
  what: string
  value: string
  example?: string
}

/** One table as it was found in a file, as text, ready to be mapped. */
export interface StagedFile {
  /** `orders.csv`, `orders.zip/2024/jan.csv`, `book.xlsx`. */
  name: string
  /** On disk, of the outer file. */
  path: string
  /** Of the content: unpacked when it came out of gzip or ZIP, so that the same table packed twice is recognised. */
  bytes: number
  sha256: string
  format: 'csv' | 'xlsx' | 'parquet' | 'jsonl' | 'json'
  sheet?: string
  detected: Detected[]
  /** As in the header, in order; empty and repeated names made unique; 3 examples that are not empty. */
  columns: { name: string; examples: string[] }[]
  /** Good data rows. */
  rows: number
  /** Column `row` BIGINT (as a spreadsheet counts, header included) and `c1` ... `cn` VARCHAR, null where empty. */
  parquet: string
  /** `row` BIGINT, `column` VARCHAR, `value` VARCHAR, `reason` VARCHAR, `expected` VARCHAR: rows that could not be read. */
  rejects: string
  rejected: number
}
