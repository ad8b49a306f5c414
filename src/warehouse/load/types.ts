import type { Confidence } from './layouts/layout.ts'
import type { Limits, StagedFile } from './read/index.ts'
import type { ImportReport } from './report.ts'

/** Where imports live and what the workspace settles for them. */
export interface ImportPlace {
  importsDir: string
  /** For staged files and spill; may be deleted when nothing runs. */
  cacheDir: string
  recipesDir: string
  /** Reporting currency: taken where a file names none. */
  currency: string
  /** Of the program, for the report. */
  version: string
  /** Of the analytics engine while it imports. Defaults to `700MB`. */
  memoryLimit?: string | undefined
  threads?: number | undefined
  limits?: Partial<Limits> | undefined
  /** The clock. Defaults to the system's. */
  now?: (() => Date) | undefined
}

/** What a user said about the files. Everything is optional; what is missing is detected or asked. */
export interface ImportOptions {
  currency?: string | undefined
  dateOrder?: 'dmy' | 'mdy' | 'ymd' | undefined
  decimalMark?: '.' | ',' | undefined
  encoding?: string | undefined
  delimiter?: string | undefined
  sheet?: string | undefined
  headerRow?: number | undefined
  /** Id of a layout, for all files. */
  layout?: string | undefined
  /** Field to column: `{ customer_id: 'Kundennr.' }`; an empty column leaves the field out. */
  map?: Record<string, string> | undefined
  /** Answers to other questions by their id. */
  answers?: Record<string, string> | undefined
  /** Name of a saved recipe, or a recipe file. */
  recipe?: string | undefined
  /** Saves what was decided under this name when the import is committed. */
  saveRecipe?: string | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: ImportProgress) => void) | undefined
}

export interface ImportProgress {
  phase: string
  /** Of the whole import, 0 to 1. */
  fraction: number
  detail?: string
}

/** Something that only the user can decide. */
export interface Question {
  id: string
  file: string
  column?: string
  title: string
  why: string
  options: { value: string; label: string; example?: string }[]
  suggested?: string
  /** How to answer on the command line. */
  option: string
}

export interface MappedField {
  field: string
  title: string
  table: string
  column: string | null
  confidence: Confidence
  why: string
  examples: string[]
}

/** How the columns of a file were understood. */
export interface Mapping {
  file: string
  recogniser: { id: string; title: string; confidence: Confidence }
  fields: MappedField[]
  ignored: string[]
}

/** An import before it is committed: nothing of it is visible yet. */
export interface StagedImport {
  id: string
  files: StagedFile[]
  mappings: Mapping[]
  questions: Question[]
  /** Null while a question is open. */
  report: ImportReport | null
  /** Id of the import that already holds the same content. */
  duplicateOf: string | null
}

/** What was decided, enough to repeat it on the next file with the same header. */
export interface Recipe {
  name?: string
  version?: number
  savedAt?: string
  currency: string | null
  files: {
    /** Layout that was used. */
    layout: string
    /** Names of the columns, in order. */
    header: string[]
    /** Field to column. */
    map: Record<string, string>
    dateOrder: 'dmy' | 'mdy' | 'ymd' | null
    decimalMark: '.' | ',' | null
  }[]
  answers: Record<string, string>
}
