/**
 * `npm run bench -- [--customers N] [--lines M] [--memory 5GB] [--folder DIR] [--keep]`: import and run of generated order lines beside a bare scan-and-group of the same
 * Parquet file in the same run. Machines are noisy, so what counts is the ratio, of processor seconds where the machine is shared; each part runs in a
 * process of its own that reports its peak memory. `--memory` limits the engine of the run (80 % of the machine otherwise); the process takes about 1 GB more.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

interface Measured {
  seconds: number
  processorSeconds: number
  peakMiB: number
  detail: Record<string, unknown>
}

const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '1000000' },
    lines: { type: 'string', default: '20000000' },
    memory: { type: 'string' },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'clientele-bench-'))

function part(name: string, ...args: string[]): Measured {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'part.ts'), name, folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`bench part ${name} failed`)
  const measured = JSON.parse(stdout.trim().split('\n').at(-1) as string) as Measured
  console.error(`${name}: ${measured.seconds.toFixed(2)} s, peak ${Math.round(measured.peakMiB)} MiB ${JSON.stringify(measured.detail)}`)
  return measured
}

try {
  part('generate', values.customers, values.lines, ...(values.memory ? [values.memory] : []))
  const imported = part('import')
  const bareBefore = part('bare')
  const run = part('run')
  const bareAfter = part('bare')
  part('tables')
  const bare = (bareBefore.seconds + bareAfter.seconds) / 2
  const bareProcessor = (bareBefore.processorSeconds + bareAfter.processorSeconds) / 2
  console.log(`machine: ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`)
  console.log(`${Number(values.lines).toLocaleString('en')} lines, ${Number(values.customers).toLocaleString('en')} customers`)
  console.log(`| part | seconds | times the bare scan | processor seconds | times the bare scan | peak MiB |`)
  console.log(`| --- | ---: | ---: | ---: | ---: | ---: |`)
  const row = (name: string, measured: Measured) =>
    console.log(
      `| ${name} | ${measured.seconds.toFixed(2)} | ${(measured.seconds / bare).toFixed(2)} | ${measured.processorSeconds.toFixed(2)} | ${(measured.processorSeconds / bareProcessor).toFixed(2)} | ${Math.round(measured.peakMiB)} |`,
    )
  row('bare scan and group by customer, before', bareBefore)
  row('bare scan and group by customer, after', bareAfter)
  row('import', imported)
  row('run', run)
} finally {
  if (!values.keep && !values.folder) rmSync(folder, { recursive: true, force: true })
  else console.error(`kept: ${folder}`)
}
