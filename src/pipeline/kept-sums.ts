import { join as joinPath } from 'node:path'
import type { Warehouse } from '../warehouse/port.ts'
import { id, sql } from '../warehouse/sql.ts'
import { type SumPart, unitedSums } from '../warehouse/sums.sql.ts'
import { asImported, findSums, sumKeys, sumsFolder, sumTables } from '../warehouse/sums.ts'
import type { KeyMaps } from './inputs.sql.ts'
import type { ImportFolder } from './inputs.ts'

/** An import with order lines, and what leads from its keys to those over all imports. */
export interface SummedImport {
  folder: ImportFolder
  maps: KeyMaps
}

/**
 * Offers the sums that the imports brought along as relations, added up over the imports. False, and nothing is offered,
 * when one of them brought none, as those of older versions did.
 */
export async function attachSums(warehouse: Warehouse, imports: readonly SummedImport[], signal?: AbortSignal): Promise<boolean> {
  const found = await Promise.all(imports.map(({ folder }) => findSums(joinPath(folder.dir, sumsFolder))))
  if (found.length === 0 || found.some((files) => files === null)) return false
  if (imports.length === 1) {
    for (const table of sumTables) await warehouse.attach(asImported(table), found[0]![table])
    return true
  }
  const apart = daysApart(imports.map(({ folder }) => folder))
  for (const table of sumTables) {
    const parts: SumPart[] = []
    for (const [i, files] of found.entries()) {
      const relation = `${table} of import ${i + 1}`
      await warehouse.attach(relation, files![table])
      const columns = (await warehouse.describe(sql`select * from ${id(relation)}`)).map(({ name }) => name)
      parts.push({ relation, columns, rekey: rekeyOf(columns, imports[i]!.maps) })
    }
    // No order stands in two imports whose sums are offered.
    const distinct = table === 'order_without_sale' || (apart && sumKeys[table].includes('order_date'))
    const query = unitedSums(warehouse.dialect, parts, sumKeys[table], distinct)
    if (distinct) await warehouse.view(asImported(table), query)
    else await warehouse.materialise(asImported(table), query, { signal })
  }
  return true
}

/** Whether no day can stand in two imports. */
function daysApart(imports: readonly ImportFolder[]): boolean {
  const spans = imports.map(({ report }) => report.dates).sort((a, b) => ((a?.from ?? '') < (b?.from ?? '') ? -1 : 1))
  return spans.every((span, i) => span !== null && (i === 0 || span.from > (spans[i - 1]?.to ?? '9999')))
}

function rekeyOf(columns: readonly string[], maps: KeyMaps): SumPart['rekey'] {
  for (const [table, map] of Object.entries(maps)) {
    const column = `${table}_key`
    if (map !== null && map !== undefined && columns.includes(column)) return { column, map }
  }
  return undefined
}
