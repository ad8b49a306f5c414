import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../shared/errors.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import { type LoadShape, loadLines } from './load.sql.ts'

export { simulateRetailer } from './retailer.ts'
export { simulateSupplier } from './supplier.ts'
export type { PlantedTruth, SampleCompany } from './truth.ts'

export interface LoadSettings extends LoadShape {
  /** Folder to write to; made if need be. */
  out: string
  format: 'parquet' | 'csv'
  signal?: AbortSignal
  onProgress?: (fraction: number) => void
}

/** Writes order lines of any size for load tests and says where. */
export async function simulateLoad(settings: LoadSettings): Promise<{ file: string; lines: number }> {
  for (const name of ['customers', 'lines'] as const) {
    if (!(Number.isSafeInteger(settings[name]) && settings[name] >= 1)) {
      throw new UsageError('simulate.size', `${name} must be a whole number from 1; got ${settings[name]}`)
    }
  }
  await mkdir(settings.out, { recursive: true })
  const file = join(settings.out, `order_lines.${settings.format}`)
  const warehouse = await openDuckDB({ spillFolder: join(settings.out, '.spill'), memoryLimit: '2GB' })
  try {
    const { signal, onProgress, format } = settings
    return { file, lines: await warehouse.save(loadLines(settings), file, { format, signal, onProgress }) }
  } finally {
    await warehouse.close()
  }
}
