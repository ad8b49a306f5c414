import { access, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MissingError } from '../shared/errors.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import { rowsSetAside } from './set-aside.sql.ts'
import { formulaSafe } from './tables.sql.ts'
import type { Workspace } from './workspace.ts'

const columns = ['file', 'row', 'column', 'value', 'reason', 'expected', 'amount', 'currency']
const texts = new Set(['file', 'column', 'value', 'reason', 'expected', 'currency'])

/**
 * Writes the rows that an import, committed, undone or still staged, set aside to a CSV file that a spreadsheet takes as data, never as
 * formulas. Says how many.
 */
export async function exportSetAside(workspace: Workspace, of: { import: string } | { staged: string }, file: string): Promise<number> {
  const source = await findFile(workspace, of)
  await mkdir(dirname(file), { recursive: true })
  const warehouse = await openDuckDB({ keepOrder: true, threads: 1 })
  try {
    await warehouse.attach('set_aside', [source])
    const rows = formulaSafe(
      rowsSetAside(columns),
      columns.map((name) => ({ name, text: texts.has(name) })),
    )
    return await warehouse.save(rows, file, { format: 'csv' })
  } finally {
    await warehouse.close()
  }
}

async function findFile({ importsDir }: Workspace, of: { import: string } | { staged: string }): Promise<string> {
  const id = 'import' in of ? of.import : of.staged
  const folders = 'import' in of ? [join(importsDir, id), join(importsDir, '.undone', id)] : [join(importsDir, `.staging-${id}`)]
  // Ids become paths: nothing but what ids are made of.
  for (const folder of /^[0-9A-Za-z-]{1,60}$/.test(id) ? folders : []) {
    const file = join(folder, 'set_aside.parquet')
    const there = await access(file).then(
      () => true,
      () => false,
    )
    if (there) return file
  }
  throw new MissingError('import.missing', `there is no import ${JSON.stringify(id)}`, { hint: '`clientele imports` lists what there is.' })
}
