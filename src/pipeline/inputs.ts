import { readdir, readFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { AppError, MissingError } from '../shared/errors.ts'
import { canonicalTables, type TableContract } from '../warehouse/contract/index.ts'
import { type ImportReport, importReport } from '../warehouse/load/report.ts'
import type { Warehouse } from '../warehouse/port.ts'
import { id, join, sql } from '../warehouse/sql.ts'
import { dayTotals } from '../warehouse/sums.sql.ts'
import { asImported, keptSums } from '../warehouse/sums.ts'
import {
  areDisjoint,
  globalKeys,
  isIdentity,
  type KeyedTable,
  type KeyMaps,
  keyed,
  keyMap,
  lacksProductCost,
  latestByKey,
  linesWithProductCost,
  mergedEntities,
  ordersWithCustomer,
  type Part,
  rekeyed,
  unitedRows,
} from './inputs.sql.ts'
import { attachSums } from './kept-sums.ts'

/** An import on disk. */
export interface ImportFolder {
  report: ImportReport
  dir: string
  /** False once it was undone: old snapshots still read it. */
  active: boolean
}

/** The imports that count, oldest first. */
export async function activeImports(importsDir: string): Promise<ImportFolder[]> {
  const folders = (await entries(importsDir)).filter((name) => !name.startsWith('.')).sort()
  return Promise.all(
    folders.map(async (name) => ({ report: await readReport(joinPath(importsDir, name)), dir: joinPath(importsDir, name), active: true })),
  )
}

/** The imports that a snapshot was made from, also when they were undone since. */
export async function importsOf(importsDir: string, ids: readonly string[]): Promise<ImportFolder[]> {
  const active = new Set(await entries(importsDir))
  return Promise.all(
    ids.map(async (one) => {
      const dir = active.has(one) ? joinPath(importsDir, one) : joinPath(importsDir, '.undone', one)
      return { report: await readReport(dir), dir, active: active.has(one) }
    }),
  )
}

/** Which canonical tables hold rows in any of the imports. */
export function tablesIn(imports: readonly ImportFolder[]): Set<string> {
  return new Set(canonicalTables.filter(({ name }) => imports.some(({ report }) => (report.tables[name] ?? 0) > 0)).map(({ name }) => name))
}

/** The Parquet files of the imports, by canonical table. */
export function filesIn(imports: readonly ImportFolder[]): Map<string, { file: string; position: number }[]> {
  return new Map(
    canonicalTables.map(({ name }) => [
      name,
      imports.flatMap(({ report, dir }, position) =>
        (report.tables[name] ?? 0) > 0 ? [{ file: joinPath(dir, `${name}.parquet`), position: position + 1 }] : [],
      ),
    ]),
  )
}

/** View of the order lines as they were imported, before product costs of other imports reach them: what control totals are held against. */
export const linesAsImported = 'order lines as imported'

/**
 * Puts the canonical tables of the imports into the warehouse under their own names. Of one import they are read straight from its
 * files; over several, customers, products and orders get keys over all of them, and products that came with another import give
 * their cost to lines that have none.
 */
export async function attachInputs(
  warehouse: Warehouse,
  imports: readonly ImportFolder[],
  currency: string,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const files = filesIn(imports)
  if (imports.length === 1) {
    for (const [name, parts] of files) {
      if (parts.length === 0) continue
      await warehouse.attach(name, [parts[0].file])
      if (name === 'order_line') await warehouse.attach(linesAsImported, [parts[0].file])
    }
    return offerSums(warehouse, imports, currency, new Map(), signal)
  }
  const partsOf = new Map<string, Part[]>()
  for (const [name, list] of files) {
    const parts = list.map(({ position }) => ({ relation: `${name} of import ${position}`, position }))
    for (const [i, { relation }] of parts.entries()) await warehouse.attach(relation, [list[i].file])
    partsOf.set(name, parts)
  }

  const maps = new Map<number, KeyMaps>()
  let shared = false
  for (const table of Object.keys(keyed) as KeyedTable[]) {
    const parts = partsOf.get(table) ?? []
    if (parts.length === 1) await warehouse.attach(table, [(files.get(table) ?? [])[0].file])
    if (parts.length <= 1) continue
    const keys = keysOf(table)
    await warehouse.materialise(keys, globalKeys(table, parts), { signal })
    for (const part of parts) {
      const map = `${table} keys of import ${part.position}`
      await warehouse.materialise(map, keyMap(table, part, keys), { signal })
      const [{ same }] = await warehouse.rows(isIdentity(map, keyed[table].key), { signal })
      maps.set(part.position, { ...maps.get(part.position), [table]: same ? null : map })
    }
    const contract = contractOf(table)
    if (table === 'order') {
      const [{ disjoint }] = await warehouse.rows(areDisjoint(parts, keys), { signal })
      if (!disjoint) shared = true
      if (disjoint) await warehouse.view(table, rekeyed(contract, withMaps(parts, maps, ['order', 'customer'])))
      else {
        await warehouse.materialise('orders merged', mergedEntities(table, contract, parts, keys, warehouse.dialect), { signal })
        const customers = partsOf.get('customer') ?? []
        const owner = customers.length === 0 ? null : customers.length === 1 ? customers[0].relation : keysOf('customer')
        await warehouse.view(table, ordersWithCustomer(contract, 'orders merged', owner))
      }
    } else {
      await warehouse.materialise(table, mergedEntities(table, contract, parts, keys, warehouse.dialect), { signal })
    }
  }
  for (const [name, parts] of partsOf) {
    if (parts.length === 0 || name in keyed) continue
    const contract = contractOf(name)
    if (name === 'order_line') {
      await warehouse.view(linesAsImported, rekeyed(contract, withMaps(parts, maps, ['customer', 'product', 'order'])))
      const columns = [...Object.keys(contract.columns), ...(Object.keys(keyed) as KeyedTable[]).map((table) => keyed[table].key)]
      const lacking =
        (partsOf.get('product') ?? []).length > 0 &&
        (await warehouse.rows(lacksProductCost(linesAsImported, 'product'), { signal }))[0].lacking
      if (lacking === true) shared = true
      await warehouse.view(
        name,
        lacking === true
          ? linesWithProductCost(columns, linesAsImported, 'product', 'product_key', currency)
          : sql`select * from ${id(linesAsImported)}`,
      )
    } else if (parts.length === 1) await warehouse.attach(name, [(files.get(name) ?? [])[0].file])
    else await warehouse.view(name, latestByKey(contract, parts))
  }
  // Sums tell nothing of orders that stand in two imports, nor of costs that came with another one.
  return offerSums(warehouse, imports, currency, shared ? null : maps, signal)
}

/** Adds the sums that the imports brought along, if they hold for all of them together; in any case the relation `day_total`. */
async function offerSums(
  warehouse: Warehouse,
  imports: readonly ImportFolder[],
  currency: string,
  maps: ReadonlyMap<number, KeyMaps> | null,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const there = tablesIn(imports)
  if (!there.has('order_line')) return there
  const summed = imports.flatMap((folder, i) =>
    (folder.report.tables.order_line ?? 0) > 0 ? [{ folder, maps: maps?.get(i + 1) ?? {} }] : [],
  )
  // Converted line by line, foreign lines have other sums than those of the import.
  const converted = imports.some(({ report }) => report.totals.some((total) => total.currency !== currency))
  if (maps !== null && !converted && (await attachSums(warehouse, summed, signal))) {
    there.add(keptSums)
    await warehouse.view('day_total', sql`select * from ${id(asImported('day_total'))}`)
  } else await warehouse.materialise('day_total', dayTotals(linesAsImported), { signal })
  return there
}

/** View of all order lines with the import that each came from, for looking things up. */
export const tracedLines = 'order lines with their import'

/**
 * Puts the canonical tables of the imports into the warehouse for reading by people: under their own names, with the columns of their
 * contracts and without the integer keys that a run needs. Makes views only, so it is quick whatever the size.
 */
export async function attachForReading(warehouse: Warehouse, imports: readonly ImportFolder[], currency: string): Promise<Set<string>> {
  const files = filesIn(imports)
  const costsMayCome = imports.length > 1 && (files.get('product') ?? []).length > 0
  // Products first: order lines may take their cost from them.
  for (const [name, list] of [...files].sort(([a], [b]) => Number(b === 'product') - Number(a === 'product'))) {
    if (list.length === 0) continue
    const contract = contractOf(name)
    const parts = list.map(({ position }) => ({
      relation: `${name} of import ${position}`,
      position,
      importId: imports[position - 1].report.id,
    }))
    for (const [i, { relation }] of parts.entries()) await warehouse.attach(relation, [list[i].file])
    if (name === 'order_line') {
      await warehouse.view(linesAsImported, unitedRows(contract, parts, 'import_id'))
      const columns = Object.keys(contract.columns)
      const traced = [...columns, 'import_id']
      await warehouse.view(
        tracedLines,
        costsMayCome
          ? linesWithProductCost(traced, linesAsImported, 'product', 'product_id', currency)
          : sql`select * from ${id(linesAsImported)}`,
      )
      await warehouse.view(name, sql`select ${join(columns.map((column) => id(column)))} from ${id(tracedLines)}`)
    } else if (parts.length === 1) await warehouse.view(name, unitedRows(contract, parts))
    else if (name in keyed) await warehouse.view(name, mergedEntities(name as KeyedTable, contract, parts, null, warehouse.dialect))
    else await warehouse.view(name, latestByKey(contract, parts))
  }
  return tablesIn(imports)
}

/** A report from an import's folder. */
async function readReport(dir: string): Promise<ImportReport> {
  const file = joinPath(dir, 'import.json')
  try {
    return importReport.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new MissingError('import.missing', `the import ${dir} is not there any more`, {
        hint: 'Import the file again and run again; figures of older snapshots stay readable.',
        cause: error,
      })
    }
    throw new AppError('import.unreadable', `the report of an import cannot be read: ${file}`, {
      hint: 'Take it back with `clientele undo` and import the file again.',
      cause: error,
    })
  }
}

const keysOf = (table: KeyedTable) => `keys of ${table}`

function contractOf(name: string): TableContract {
  const contract = canonicalTables.find((one) => one.name === name)
  if (!contract) throw new RangeError(`no canonical table ${name}`)
  return contract
}

function withMaps(parts: readonly Part[], maps: Map<number, KeyMaps>, tables: KeyedTable[]): (Part & { maps: KeyMaps })[] {
  return parts.map((part) => ({
    ...part,
    // A table without rows in this import has no map; its key is 0 throughout and stays so.
    maps: Object.fromEntries(tables.map((table) => [table, maps.get(part.position)?.[table] ?? null])),
  }))
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
