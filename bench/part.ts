/** One part of the bench in a process of its own: `node bench/part.ts generate|import|bare|run|tables FOLDER ...`; prints one line of JSON. */
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commitImport, stageImport } from '../src/app/imports.ts'
import { readManifest, runPortfolio } from '../src/app/runs.ts'
import { readTable, type TableQuestion } from '../src/app/tables.ts'
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
    if (args[2]) await appendFile(join(workspaceDir, 'clientele.yaml'), `\nengine:\n  memory: ${args[2]}\n`)
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
    const { steps } = await readManifest(workspace)
    return { snapshot: summary.snapshot, steps: Object.fromEntries(steps.map((step) => [step.name, Number(step.seconds.toFixed(2))])) }
  },
  /** Pages of the table of customers as the web app asks for them, twenty of each kind. */
  async tables() {
    const workspace = await findWorkspace(workspaceDir)
    const first = await readTable(workspace, 'customer_profit', { limit: 100 })
    const names = first.rows.map((row) => String(row.customer_id))
    const questions: Record<string, (i: number) => TableQuestion> = {
      'first page': () => ({ limit: 100, totals: true }),
      'sorted page': (i) => ({
        limit: 100,
        offset: 100 * i,
        sort: [{ column: i % 2 ? 'net_revenue' : 'measure', descending: i % 2 === 1 }],
      }),
      'deep page': (i) => ({ limit: 100, offset: Math.floor((first.total * i) / 20) }),
      search: (i) => ({ limit: 100, search: names[(7 * i) % names.length]!.slice(0, 4 + (i % 3)) }),
    }
    const times: Record<string, string> = {}
    for (const [kind, question] of Object.entries(questions)) {
      const each: number[] = []
      for (let i = 0; i < 20; i++) {
        const from = performance.now()
        await readTable(workspace, 'customer_profit', question(i))
        each.push(performance.now() - from)
      }
      each.sort((a, b) => a - b)
      times[kind] = `${Math.round(each[9]!)} ms, 95 % within ${Math.round(each[18]!)} ms`
    }
    return { rows: first.total, ...times }
  },
}

const started = performance.now()
const detail = await parts[name]()
const { user, system } = process.cpuUsage()
console.log(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    detail,
  }),
)
