import { type ColumnType, canonicalTable } from '../../contract/index.ts'
import { matchColumns, plainName } from '../match-columns.ts'
import type { Field, FieldType, Layout } from './layout.ts'

const types: Record<ColumnType, FieldType> = {
  text: 'text',
  integer: 'integer',
  money: 'money',
  money_sum: 'money',
  price: 'price',
  quantity: 'quantity',
  ratio: 'number',
  number: 'number',
  date: 'date',
  month: 'date',
  boolean: 'boolean',
  json: 'text',
}

interface Settings {
  id: string
  title: string
  table: Exclude<Layout['table'], 'order_line'>
  /** Further header names of a column, besides its own name and title. */
  aliases: Record<string, string[]>
  /** What a column holds where that is narrower than its type in the contract. */
  types?: Record<string, FieldType>
  /** Columns that must all be there, surely recognised, for a file to be of this kind; several lists are alternatives. */
  signature: string[][]
  /** Columns that must not be there. */
  never?: string[]
  /** File names that speak for it. */
  names: RegExp
}

/** A layout for a file that is a canonical table already, or nearly: header names are the contract's, its titles, and aliases. */
export function contractTable({ id, title, table, aliases, types: narrower = {}, signature, never = [], names }: Settings): Layout {
  const contract = canonicalTable(table)
  if (!contract) throw new RangeError(`no canonical table ${table}`)
  const fields: Field[] = Object.entries(contract.columns).map(([name, column]) => ({
    name,
    title: column.title,
    type: narrower[name] ?? (column.type === 'text' && (name.endsWith('_id') || contract.key.includes(name)) ? 'id' : types[column.type]),
    aliases: [name, ...(aliases[name] ?? [])],
    required: !column.optional,
    past: false,
  }))
  return {
    id,
    title,
    table,
    fields,
    recognise(columns, fileName) {
      const found = new Map(matchColumns(fields, columns).map((match) => [match.field, match]))
      const sure = (name: string) => found.get(name)?.column != null && found.get(name)?.confidence !== 'unsure'
      const best = signature.find((wanted) => wanted.every(sure))
      const header = new Set(columns.map((column) => plainName(column.name).replaceAll(' ', '')))
      if (!best || never.some((name) => header.has(name))) return null
      const exact = best.every((name) => found.get(name)?.confidence === 'known')
      const named = names.test(fileName)
      return {
        confidence: exact ? 'known' : 'suggested',
        score: 4 + best.length / 10 + (named ? 3 : 0),
        why: `columns ${best.map((name) => found.get(name)?.column?.name).join(', ')}${named ? ' and the name of the file' : ''}`,
      }
    },
  }
}
