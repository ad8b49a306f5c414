/** One part of the bench in a process of its own: `node bench/part.ts generate|import|bare|run FOLDER ...`; prints one line of JSON. */
import { join } from 'node:path'
import { commitImport, stageImport } from '../src/app/imports.ts'
import { runPortfolio } from '../src/app/runs.ts'
import { findWorkspace, initWorkspace } from '../src/app/workspace.ts'
import { simulateLoad } from '../src/simulate/index.ts'
import { openDuckDB } from '../src/warehouse/duckdb.ts'
import { sql } from '../src/warehouse/sql.ts'

const [name, folder, ...args] = process.argv.slice(2)
const file = join(folder, 'data', 'order_lines.parquet')
const workspaceDir = join(folder, 'workspace')

const parts: Record<string, () => Promise<Record<string, unknown>>> = {
  async generate() {
    await simulateLoad({ customers: Number(args[0]), lines: Number(args[1]), seed: 1, out: join(folder, 'data'), format: 'parquet' })
    await initWorkspace(workspaceDir, { name: 'Bench', currency: 'EUR' })
    return { file }
  },
  async import() {
    const workspace = await findWorkspace(workspaceDir)
    const staged = await stageImport(workspace, [file], { currency: 'EUR' })
    const report = await commitImport(workspace, staged.id)
    return { kept: report.rowsKept, customers: report.customers }
  },
  /** The physical limit: read the columns once and group them by customer, nothing else. */
  async bare() {
    const warehouse = await openDuckDB({ spillFolder: join(folder, 'spill') })
    const rows = await warehouse.rows(sql`
      select count(*) as customers, sum(amount) as amount
      from (select customer_id, count(*) as lines, sum(invoice_amount) as amount from read_parquet(${file}) group by customer_id)`)
    await warehouse.close()
    return rows[0]
  },
  async run() {
    const workspace = await findWorkspace(workspaceDir)
    const summary = await runPortfolio(workspace, {})
    const { steps } = await (await import('../src/app/runs.ts')).readManifest(workspace)
    return { snapshot: summary.snapshot, steps: Object.fromEntries(steps.map((step) => [step.name, Number(step.seconds.toFixed(2))])) }
  },
}

const started = performance.now()
const detail = await parts[name]()
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, peakMiB: process.resourceUsage().maxRSS / 1024, detail }))
