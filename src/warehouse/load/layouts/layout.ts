import type { Sql } from '../../sql.ts'

/** How sure we are of a match: the exact known name, a likely one, or one that a person must confirm. */
export type Confidence = 'known' | 'suggested' | 'unsure'

/**
 * How the text of a column is read.
 *
 * `money` keeps 4 decimals, `price` 8 while it is multiplied and 6 when kept, `quantity` 4. `ratio` accepts a percent sign.
 */
export type FieldType =
  | 'id'
  | 'text'
  | 'date'
  | 'month'
  | 'quantity'
  | 'price'
  | 'money'
  | 'ratio'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'currency'

/** Something a layout wants from a file. */
export interface Field {
  /** In snake_case, unique in the layout; `--map name="Column"` uses it. */
  name: string
  /** For people: `Order date`. */
  title: string
  type: FieldType
  /** Header names that mean it, best first; compared without case, accents, spaces and punctuation. */
  aliases: string[]
  /** Names that look alike and mean something else. */
  not?: string[]
  /** Without it the row is set aside. */
  required?: boolean
  /** An unreadable value sets the row aside; otherwise the value is left empty and counted. Defaults to `required` or a money type. */
  strict?: boolean
  /** A date that must not lie in the future. */
  past?: boolean
}

/** A column of a file as the matcher sees it. */
export interface FileColumn {
  /** As in the header. */
  name: string
  /** Position, from 1: the staged column is `c<position>`. */
  position: number
  examples: string[]
}

export interface Recognition {
  confidence: Confidence
  /** Larger wins among the layouts that recognise a file. */
  score: number
  why: string
}

/** What a layout knows when it writes its rows: which fields have a column, and what was decided. */
export interface LayoutContext {
  /** Whether any file of this layout has a column for the field. */
  has(field: string): boolean
  /** Answers to questions by their id, such as `discount`. */
  answers: Readonly<Record<string, string>>
  /** Currency where the file names none. */
  currency: string
  /** Canonical tables that the same import brings: with an order table, order lines need neither date nor customer. */
  tables: ReadonlySet<string>
}

/** A question that only the layout can ask, once it has seen the typed rows. */
export interface LayoutQuestion {
  id: string
  column?: string
  title: string
  why: string
  options: { value: string; label: string; example?: string }[]
  suggested?: string
}

/** What a layout found out from the rows: questions to ask, answers it could prove, and sentences for the report. */
export interface LayoutFindings {
  questions: LayoutQuestion[]
  answers: Record<string, string>
  assumptions: string[]
}

/**
 * One kind of file: how to recognise it, which columns it wants, and how its rows become canonical ones.
 * A new layout is one file in this folder and one line in `index.ts`.
 */
export interface Layout {
  /** In kebab-case; `--layout` takes it. */
  id: string
  title: string
  /** The canonical table that its rows feed. */
  table:
    | 'order_line'
    | 'order'
    | 'customer'
    | 'product'
    | 'price_element'
    | 'fx_rate'
    | 'ledger'
    | 'cost_pool'
    | 'pool_assignment'
    | 'service_flow'
    | 'activity'
    | 'driver_event'
    | 'balance'
    | 'relationship_attr'
    | 'survey_item'
    | 'survey_response'
  fields: Field[]
  /** Currency that files of this kind are known to be in although they do not say it. */
  knownCurrency?: string
  /** Null when the file is not of this kind. `name` is the file's name in lower case without folder and extension. */
  recognise(columns: FileColumn[], name: string): Recognition | null
  /** Fields that must have a column, given what has one; the user is asked for them. Defaults to the required fields. */
  needs?(context: LayoutContext): string[]
  /** Sentences for the report that hold whenever this layout is used. */
  assumptions?(context: LayoutContext): string[]
  /** Looks at the typed rows (relation `typed`) before they are turned into lines. `ask` runs a query of one row. */
  examine?(context: LayoutContext, typed: Sql, ask: (query: Sql) => Promise<Record<string, unknown>>): Promise<LayoutFindings>
  /**
   * Draft order lines from the typed rows: `file_no`, `row`, one column a field, and the columns in `draft.ts`.
   * Only for layouts that feed `order_line`; the others are taken over field by field.
   */
  lines?(context: LayoutContext, typed: Sql): Sql
}
