import { AppError } from '../../../shared/errors.ts'

const MiB = 1024 * 1024
const GiB = 1024 * MiB

/**
 * How much of a file we are willing to take in. They are there so that a hostile or broken file ends in a sentence and not in a full
 * disk or an exhausted memory; ordinary data is far below.
 */
export const defaultLimits = {
  /** Bytes of one file after unpacking. */
  fileBytes: 100 * GiB,
  /** Bytes that one archive may unpack to, all entries together. */
  unpackedBytes: 100 * GiB,
  /** Unpacked bytes per packed byte, looked at once an entry has unpacked to more than 16 MiB. */
  ratio: 100,
  /** Entries of an archive, and files of a folder. */
  entries: 10_000,
  /** Archives within archives: 1 allows a ZIP in a ZIP, but no third. */
  archiveDepth: 1,
  /** Rows of one file or sheet. */
  rows: 2_000_000_000,
  columns: 2_000,
  /** Bytes of one cell, as UTF-8. */
  cellBytes: 1 * MiB,
  /** Bytes of one row, as UTF-8. */
  rowBytes: 4 * MiB,
  /** Text that a workbook shares between cells, which has to be held in memory. */
  sharedTextBytes: 192 * MiB,
  /** Sheets of a workbook. */
  sheets: 200,
  /** Objects and lists within each other in JSON. */
  jsonDepth: 32,
}

export type Limits = typeof defaultLimits

/** What a limit is called towards the user, and what to do when it is reached. */
const titles: Record<keyof Limits, { what: string; remedy: string }> = {
  fileBytes: { what: 'bytes in one file', remedy: 'Split the file and import the parts.' },
  unpackedBytes: { what: 'bytes after unpacking', remedy: 'Unpack the archive yourself and import the files you need.' },
  ratio: {
    what: 'unpacked bytes per packed byte',
    remedy: 'This is how archives made to fill a disk look. If you trust it, unpack it yourself and import the files.',
  },
  entries: { what: 'files', remedy: 'Import them in several portions.' },
  archiveDepth: { what: 'archives within an archive', remedy: 'Unpack the inner archive and import the files in it.' },
  rows: { what: 'rows', remedy: 'Split the file by period and import the parts.' },
  columns: {
    what: 'columns',
    remedy: 'Remove the columns you do not need. If the file has few, its delimiter was read wrongly: set it with --delimiter.',
  },
  cellBytes: { what: 'bytes in one cell', remedy: 'Shorten the text, or leave that column out of the export.' },
  rowBytes: { what: 'bytes in one row', remedy: 'Check the row for a quote that is never closed, or leave long texts out of the export.' },
  sharedTextBytes: { what: 'bytes of text in a workbook', remedy: 'Save the sheet as CSV and import that; CSV is read in a stream.' },
  sheets: { what: 'sheets in a workbook', remedy: 'Save the sheets you need to a workbook of their own.' },
  jsonDepth: { what: 'levels of nesting', remedy: 'Export a flat table: one object a row.' },
}

/** The error for a limit that was reached: what, value, limit, what to do. `atLeast` when the value was not seen to its end. */
export function limitError(file: string, limit: keyof Limits, value: number, limits: Limits, atLeast = false): AppError {
  const { what, remedy } = titles[limit]
  return new AppError(
    'read.limit',
    `${file}: ${atLeast ? 'at least ' : ''}${format(value)} ${what}, more than the ${format(limits[limit])} that are read`,
    {
      hint: remedy,
    },
  )
}

function format(value: number): string {
  return Number.isFinite(value) ? Math.floor(value).toLocaleString('en-US') : 'endless'
}
