import { AppError } from '../shared/errors.ts'
import { engineTypes, type TableContract } from '../warehouse/contract/index.ts'
import type { Warehouse } from '../warehouse/port.ts'
import { id, join, type Sql, sql } from '../warehouse/sql.ts'

/** Refuses a query whose columns are not those of the contract, in name or in type. */
export async function checkColumns(warehouse: Warehouse, contract: TableContract, query: Sql): Promise<void> {
  const found = new Map((await warehouse.describe(query)).map(({ name, type }) => [name, type.toLowerCase().replaceAll(' ', '')]))
  const problems = Object.entries(contract.columns).flatMap(([name, { type }]) => {
    const is = found.get(name)
    const should = engineTypes[type].replaceAll(' ', '')
    if (is === undefined) return [`column ${name} is missing`]
    return is === should ? [] : [`column ${name} is ${is}; the contract says ${should}`]
  })
  for (const name of found.keys()) if (!contract.columns[name]) problems.push(`column ${name} is not in the contract`)
  if (problems.length > 0) throw broken(contract, problems)
}

/** The query's rows with the contract's columns in its order, sorted by its key or as asked. */
export function orderedRows(contract: TableContract, query: Sql, orderBy?: Sql): Sql {
  const columns = join(Object.keys(contract.columns).map((column) => id(column)))
  const order = orderBy ?? join(contract.key.map((column) => sql`${id(column)} nulls last`))
  return sql`select ${columns} from (${query}) as result order by ${order}`
}

/** Refuses a table whose key is not unique or that has a null where the contract allows none. */
export async function checkRows(warehouse: Warehouse, contract: TableContract, relation: string, signal?: AbortSignal): Promise<void> {
  const required = Object.entries(contract.columns).filter(([, { optional }]) => !optional)
  const nulls = required.map(([name], i) => sql`count(*) - count(${id(name)}) as ${id(`nulls_${i}`)}`)
  const key = join(contract.key.map((column) => id(column)))
  const [row] = await warehouse.rows(
    sql`select
      count(*) as row_count,
      (select count(*) from (select distinct ${key} from ${id(relation)}) as keys) as key_count${nulls.length > 0 ? sql`, ${join(nulls)}` : sql``}
    from ${id(relation)}`,
    { signal },
  )
  const problems = required.flatMap(([name], i) =>
    Number(row[`nulls_${i}`]) > 0 ? [`column ${name} is empty in ${row[`nulls_${i}`]} rows`] : [],
  )
  if (row.row_count !== row.key_count)
    problems.push(`${Number(row.row_count) - Number(row.key_count)} rows repeat the key (${contract.key.join(', ')})`)
  if (problems.length > 0) throw broken(contract, problems)
}

function broken(contract: TableContract, problems: string[]): AppError {
  return new AppError('run.contract', `table "${contract.name}" does not keep its contract: ${problems.slice(0, 5).join('; ')}`, {
    kind: 'internal',
    problems: problems.map((message) => ({ message })),
    hint: 'This is a fault of the step, not of your data; nothing was published.',
  })
}
