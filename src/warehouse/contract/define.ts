import { z } from 'zod'

/** What a column holds, and with that its engine type, its zod schema and how it is shown. */
export type ColumnType =
  /** An id or a word: text as it came, trimmed, NFC. */
  | 'text'
  | 'integer'
  /** Exact decimal, 18 digits, 4 after the point, in the currency that the table or the row names. In rows: text such as `-12.5000`. */
  | 'money'
  /** Exact sum of money, 38 digits, 4 after the point. */
  | 'money_sum'
  /** Exact decimal per unit, 18 digits, 6 after the point. */
  | 'price'
  /** Exact decimal in the product's base unit, 18 digits, 4 after the point. */
  | 'quantity'
  /** A share or ratio as a fraction: 0.25 is 25 %. Float. */
  | 'ratio'
  /** A float with the unit in `unit`. */
  | 'number'
  /** Business date, `YYYY-MM-DD`. */
  | 'date'
  /** Month, the date of its first day. */
  | 'month'
  | 'boolean'
  /** JSON text. */
  | 'json'

/** Where a figure comes from, so that it can be explained down to file and line. */
export type Lineage =
  /** Computed from other columns of the same row. */
  | { kind: 'row'; columns: string[] }
  /** Summed, counted or ranked over rows of another table that share the listed columns with this row. */
  | {
      kind: 'rows'
      table: string
      on: string[]
      column?: string
      where?: { column: string; in: string[] }
      /** Only rows on which this column is null. */
      whereNull?: string
      /** Taken instead where `column` is null. */
      orElse?: string
    }
  /** Taken over as it is. */
  | { kind: 'source' }

export interface ColumnInfo {
  type: ColumnType
  /** In a heading: `Net revenue`. */
  title: string
  /** One sentence for somebody who meets it for the first time. */
  meaning: string
  /** Null is allowed. */
  optional: boolean
  /** Such as `days`, `customers`, `units`; money takes its currency from the workspace or from the column `currency`. */
  unit?: string
  /** In words and symbols: `net revenue - product cost`. */
  formula?: string
  from?: Lineage
  /** Whether the sum over rows means something; where absent it follows from type and lineage (see `sumsUp` in app/tables.ts). */
  additive?: boolean
  /** For the engine only; not shown, not exported. */
  internal?: boolean
}

export interface TableContract {
  name: string
  title: string
  /** What the table is about, one sentence. */
  meaning: string
  /** One row per ... */
  grain: string
  /** Column names that make a row unique. */
  key: string[]
  kind: 'canonical' | 'result'
  columns: Record<string, ColumnInfo>
  /** The row as zod sees it. */
  schema: z.ZodObject
}

type Extra = Partial<Omit<ColumnInfo, 'type' | 'title' | 'meaning'>>

const make =
  (type: ColumnType) =>
  (title: string, meaning: string, extra: Extra = {}): ColumnInfo => ({ type, title, meaning, optional: false, ...extra })

/** One maker a type: `col.money('Net revenue', 'What was invoiced, less returns.')`. */
export const col = {
  text: make('text'),
  integer: make('integer'),
  money: make('money'),
  moneySum: make('money_sum'),
  price: make('price'),
  quantity: make('quantity'),
  ratio: make('ratio'),
  number: make('number'),
  date: make('date'),
  month: make('month'),
  boolean: make('boolean'),
  json: make('json'),
}

/** The same column, allowed to be null. */
export const optional = (column: ColumnInfo): ColumnInfo => ({ ...column, optional: true })

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'not an exact decimal')
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'not a date YYYY-MM-DD')

const schemas: Record<ColumnType, z.ZodType> = {
  text: z.string(),
  integer: z.number().int(),
  money: decimal,
  money_sum: decimal,
  price: decimal,
  quantity: decimal,
  ratio: z.number(),
  number: z.number(),
  date,
  month: date,
  boolean: z.boolean(),
  json: z.string(),
}

/** The engine's type of a column, in the spelling that DuckDB and Trino share. */
export const engineTypes: Record<ColumnType, string> = {
  text: 'varchar',
  integer: 'bigint',
  money: 'decimal(18,4)',
  money_sum: 'decimal(38,4)',
  price: 'decimal(18,6)',
  quantity: 'decimal(18,4)',
  ratio: 'double',
  number: 'double',
  date: 'date',
  month: 'date',
  boolean: 'boolean',
  json: 'varchar',
}

/** Declares a table: its zod schema carries grain, units, meanings and formulas as metadata. */
export function table(info: Omit<TableContract, 'schema'>): TableContract {
  const shape = Object.fromEntries(
    Object.entries(info.columns).map(([name, column]) => {
      const base = schemas[column.type]
      const { type, title, meaning, unit, formula } = column
      return [name, (column.optional ? base.nullable() : base).meta({ title, description: meaning, type, unit, formula })]
    }),
  )
  for (const name of info.key) {
    if (!info.columns[name]) throw new RangeError(`table ${info.name}: key column ${name} is not declared`)
  }
  return { ...info, schema: z.object(shape).meta({ title: info.title, description: info.meaning, grain: info.grain, key: info.key }) }
}
