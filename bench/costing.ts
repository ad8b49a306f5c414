/**
 * Costing of a workspace with many order lines and 12 activities beside the bare scan, and what-if on a rate:
 * `node bench/costing.ts --imports DIR` takes the imports of a workspace that `bench/run.ts --keep` left, read-only.
 */
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { costToServe, effectOf } from '../src/analytics/costing/index.ts'
import { profitabilitySteps } from '../src/analytics/profitability/index.ts'
import { tryScenario } from '../src/app/cost-model.ts'
import { closeSnapshots } from '../src/app/open-snapshot.ts'
import { openWorkspace } from '../src/app/workspace.ts'
import { runSteps } from '../src/pipeline/run.ts'
import { openDuckDB } from '../src/warehouse/duckdb.ts'
import { sql } from '../src/warehouse/sql.ts'

const { values } = parseArgs({ options: { imports: { type: 'string' }, workspace: { type: 'string' }, keep: { type: 'boolean' } } })
if (!values.imports) throw new Error('--imports DIR: the imports folder of a workspace')
const dir = values.workspace ?? (await mkdtemp(join(tmpdir(), 'clientele-costing-')))

const settings = `name: Bench
currency: EUR
steps:
  costing:
    mostCells: 0
    pools:
      - { id: desk, level: order, capacityPerMonth: 3.0e7 }
      - { id: store, level: line, capacityPerMonth: 9.0e7 }
      - { id: field, level: customer, capacityPerMonth: 3.0e8 }
    accounts:
      - { account: "1", pools: { desk: 1 } }
      - { account: "2", pools: { store: 1 } }
      - { account: "3", pools: { field: 1 } }
    activities:
      - { id: a01, pool: store, level: line, minutes: 'if(returned, 0, 3)' }
      - { id: a02, pool: store, level: line, minutes: 'if(returned, 12, 0)' }
      - { id: a03, pool: store, level: line, minutes: '0.5 + 0.1 * units' }
      - { id: a04, pool: store, level: line, minutes: 'if(amount > 100, 2, 0.5)' }
      - { id: a05, pool: desk, level: order, minutes: '8 + 2 * lines' }
      - { id: a06, pool: desk, level: order, minutes: '15 * returned_lines' }
      - { id: a07, pool: desk, level: order, minutes: 'if(amount > 500, 10, 0)' }
      - { id: a08, pool: desk, level: order, minutes: 'if(lines > 3, 5, 1)' }
      - { id: a09, pool: field, level: customer, minutes: '30 * months_active' }
      - { id: a10, pool: field, level: customer, minutes: '10 * orders' }
      - { id: a11, pool: field, level: customer, minutes: 'if(amount > 5000, 120, 10)' }
      - { id: a12, pool: field, level: customer, minutes: '2 * lines + 20 * returned_lines' }
`

async function makeWorkspace(): Promise<void> {
  const imports = resolve(values.imports!)
  const { mkdir } = await import('node:fs/promises')
  for (const folder of ['imports', 'snapshots', '.clientele', 'data', 'exports']) await mkdir(join(dir, folder), { recursive: true })
  for (const name of (await readdir(imports)).filter((one) => !one.startsWith('.')))
    await symlink(join(imports, name), join(dir, 'imports', name)).catch(() => undefined)
  await writeFile(join(dir, 'clientele.yaml'), settings)
}

async function addLedger(): Promise<void> {
  // A ledger of three accounts, as an import of its own: one row a month of the order lines.
  const { commitImport, stageImport } = await import('../src/app/imports.ts')
  const workspace = await openWorkspace(dir)
  const warehouse = await openDuckDB()
  const [first] = (await readdir(join(dir, 'imports'))).filter((one) => !one.startsWith('.'))
  const [{ from, to }] = (await warehouse.rows(
    sql`select cast(min(order_date) as varchar) as from, cast(max(order_date) as varchar) as to from read_parquet(${join(dir, 'imports', first!, 'order_line.parquet')})`,
  )) as [{ from: string; to: string }]
  await warehouse.close()
  const rows = ['entry_id,period,account,cost_centre,amount']
  for (
    let m = Number(from.slice(0, 4)) * 12 + Number(from.slice(5, 7)) - 1;
    m <= Number(to.slice(0, 4)) * 12 + Number(to.slice(5, 7)) - 1;
    m++
  )
    for (const account of ['1', '2', '3'])
      rows.push(`${m}-${account},${Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')},${account},C${account},${1_000_000 + m}.37`)
  const file = join(dir, 'data', 'ledger.csv')
  await writeFile(file, `${rows.join('\n')}\n`)
  const staged = await stageImport(workspace, [file], {})
  await commitImport(workspace, staged.id)
}

const timed = async <T>(what: () => Promise<T>): Promise<{ seconds: number; cpu: number; result: T }> => {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  const result = await what()
  const used = process.cpuUsage(cpu)
  return { seconds: (performance.now() - started) / 1000, cpu: (used.user + used.system) / 1e6, result }
}

async function bare(): Promise<{ seconds: number; cpu: number }> {
  const [first] = (await readdir(join(dir, 'imports'))).filter((one) => !one.startsWith('.')).sort()
  const warehouse = await openDuckDB()
  const found = await timed(() =>
    warehouse.rows(sql`
      select count(*) as customers, sum(amount) as amount
      from (select customer_id, count(*) as lines, sum(invoice_amount) as amount from read_parquet(${join(dir, 'imports', first!, 'order_line.parquet')}) group by customer_id)`),
  )
  await warehouse.close()
  return found
}

void cp
await makeWorkspace()
await addLedger()
const before = await bare()
const workspace = await openWorkspace(dir)
const run = await timed(() => runSteps({ ...workspace, steps: [profitabilitySteps[0]!, costToServe], now: new Date() }))
const costing = run.result.steps.find(({ name }) => name === 'costing')!
const after = await bare()
const scan = (before.seconds + after.seconds) / 2
const open = await timed(() => tryScenario(workspace, {}))
const rate = await timed(() => tryScenario(workspace, { pools: { desk: { rate: 1.1 } } }))
const again = await timed(() => tryScenario(workspace, { pools: { desk: { capacity: 5e8 }, field: { rate: 0.2 } } }))
const equation = await timed(() => tryScenario(workspace, { activities: { a05: { minutes: '9 + 2 * lines' } } }))
void effectOf
console.log(
  JSON.stringify(
    {
      bare: { before: before.seconds, after: after.seconds, cpu: before.cpu },
      costing: { seconds: costing.seconds, ratio: costing.seconds / scan },
      steps: run.result.steps.map(({ name, seconds }) => `${name} ${seconds}`),
      customers: run.result.tables.find(({ name }) => name === 'customer_cost')?.rows,
      cells: run.result.tables.find(({ name }) => name === 'customer_activity_cost')?.rows,
      whatIf: { first: open.seconds, rate: rate.seconds, again: again.seconds, equation: equation.seconds },
      peakMiB: process.resourceUsage().maxRSS / 1024,
      checks: run.result.checks.filter(({ status }) => status !== 'pass').map(({ name }) => name),
    },
    null,
    2,
  ),
)
await closeSnapshots()
if (!values.keep) await rm(dir, { recursive: true, force: true })
