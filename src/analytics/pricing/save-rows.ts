import type { StepContext } from '../../pipeline/step.ts'
import type { ColumnType, TableContract } from '../../warehouse/contract/index.ts'
import type { BulkType, Row } from '../../warehouse/port.ts'
import { id, join, sql } from '../../warehouse/sql.ts'

const bulk: Partial<Record<ColumnType, BulkType>> = {
  text: 'varchar',
  money_sum: 'decimal(18,4)',
  integer: 'bigint',
  ratio: 'double',
  number: 'double',
  boolean: 'boolean',
  date: 'date',
  month: 'date',
}

/** Saves rows that were computed here through the engine's bulk door: as literals, many rows would be one long statement. */
export async function saveRows(context: StepContext<unknown>, contract: TableContract, rows: readonly Row[]): Promise<void> {
  const columns = Object.entries(contract.columns).map(([name, { type }]) => {
    const kind = bulk[type]
    if (!kind) throw new TypeError(`column ${contract.name}.${name}: type ${type} does not go through the bulk door`)
    return { name, type, kind }
  })
  const relation = `${contract.name} as computed`
  await context.warehouse.load(
    relation,
    Object.fromEntries(columns.map(({ name }) => [name, rows.map((row) => row[name] ?? null)])),
    Object.fromEntries(columns.map(({ name, kind }) => [name, kind])),
  )
  const select = columns.map(({ name, type }) =>
    type === 'money_sum' ? sql`cast(${id(name)} as decimal(38, 4)) as ${id(name)}` : id(name),
  )
  await context.save(contract, sql`select ${join(select)} from ${id(relation)}`)
}
