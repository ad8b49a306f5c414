import type { Notation, Sql } from './sql.ts'
import { sql } from './sql.ts'

/**
 * Where DuckDB and Trino differ. SQL is written once; whatever is not the same in both goes through here.
 */
export interface Dialect extends Notation {
  readonly engine: 'duckdb' | 'trino'
  /** a / b as a float; null when b is 0. Cast first: 7 / 2 is 3 on Trino. */
  ratio(a: Sql, b: Sql): Sql
  /** First day of the month of a date. */
  monthStart(date: Sql): Sql
  /** Whole days from one date to a later one. */
  daysBetween(from: Sql, to: Sql): Sql
  /** A date so many days later. */
  addDays(date: Sql, days: Sql): Sql
  /** Exact decimal with 18 digits, 4 of them after the point: how money is kept. */
  money(value: Sql): Sql
  /** Sum of money, exact, as decimal with 38 digits and 4 after the point. */
  sumMoney(value: Sql): Sql
  /** The value that belongs to the largest `by`; on a tie any, so make `by` unique. */
  latest(value: Sql, by: Sql): Sql
  /** Aggregate: bitwise or of whole numbers. */
  bitOr(value: Sql): Sql
  /** The number that a JSON object holds under a plain name; null where it is not there or no number. */
  jsonNumber(json: Sql, name: string): Sql
}

const quoted = (name: string): string => {
  if (name.includes('\0')) throw new RangeError('a name must not contain NUL')
  return `"${name.replaceAll('"', '""')}"`
}

const common = {
  name: quoted,
  ratio: (a: Sql, b: Sql) => sql`cast(${a} as double) / nullif(cast(${b} as double), 0)`,
  money: (value: Sql) => sql`cast(${value} as decimal(18, 4))`,
  sumMoney: (value: Sql) => sql`cast(sum(${value}) as decimal(38, 4))`,
}

export const duckdbDialect: Dialect = {
  ...common,
  engine: 'duckdb',
  mark: (position) => `$${position}`,
  monthStart: (date) => sql`cast(date_trunc('month', ${date}) as date)`,
  daysBetween: (from, to) => sql`date_diff('day', ${from}, ${to})`,
  addDays: (date, days) => sql`cast(${date} + cast(${days} as integer) as date)`,
  latest: (value, by) => sql`arg_max(${value}, ${by})`,
  bitOr: (value) => sql`bit_or(${value})`,
  jsonNumber: (json, name) => sql`try_cast(json_extract_string(${json}, ${`$.${name}`}) as double)`,
}

export const trinoDialect: Dialect = {
  ...common,
  engine: 'trino',
  mark: () => '?',
  monthStart: (date) => sql`cast(date_trunc('month', ${date}) as date)`,
  daysBetween: (from, to) => sql`date_diff('day', ${from}, ${to})`,
  addDays: (date, days) => sql`date_add('day', ${days}, ${date})`,
  latest: (value, by) => sql`max_by(${value}, ${by})`,
  bitOr: (value) => sql`bitwise_or_agg(${value})`,
  jsonNumber: (json, name) => sql`try_cast(json_extract_scalar(${json}, ${`$.${name}`}) as double)`,
}
