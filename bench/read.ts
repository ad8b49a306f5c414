/**
 * How fast, and in how much memory, a large delimited file is read: `node bench/read.ts [LINES] [FILE]`.
 *
 * Writes a file of order lines (10 million by default, about 800 MB) unless FILE is there already, reads it into staged Parquet in this
 * process and prints seconds, processor seconds and peak resident memory as JSON.
 */
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../src/math/random.ts'
import { readFiles } from '../src/warehouse/load/read/index.ts'

const lines = Number(process.argv[2] ?? 10_000_000)
const file = process.argv[3] ?? join(tmpdir(), `clientele-order-lines-${lines}.csv`)

if (!existsSync(file)) {
  console.error(`writing ${file}`)
  writeOrderLines(file, lines)
}
const folder = await mkdtemp(join(tmpdir(), 'clientele-read-'))
try {
  const start = performance.now()
  const startCpu = process.cpuUsage()
  let longestPause = 0
  let last = start
  const watch = setInterval(() => {
    const now = performance.now()
    longestPause = Math.max(longestPause, now - last)
    last = now
  }, 5)
  const [staged] = await readFiles([file], folder, {
    onProgress: ({ bytesRead, bytesTotal, rows }) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${Math.floor((100 * bytesRead) / bytesTotal)} % ${rows} rows `)
    },
  })
  clearInterval(watch)
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(startCpu)
  const cpu = (user + system) / 1_000_000
  console.log(
    JSON.stringify({
      rows: staged.rows,
      rejected: staged.rejected,
      bytes: staged.bytes,
      seconds: round(seconds),
      cpuSeconds: round(cpu),
      rowsPerSecond: Math.round(staged.rows / seconds),
      peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      parquetBytes: statSync(staged.parquet).size,
      longestPauseMs: Math.round(longestPause),
    }),
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Order lines as a shop exports them: quoted names with commas and umlauts, amounts with two decimals, a customer missing now and then. */
function writeOrderLines(path: string, count: number): void {
  const random = createRandom(1)
  const draw = (n: number) => random.integer(n)
  const out = openSync(path, 'w')
  const names = [
    'Desk lamp, brass',
    'Kuchenform "Grossmutter"',
    'Caf\u00e9 cup',
    'Storage box large',
    'Candle holder',
    'Tea towel, 3 pieces',
  ]
  const quotedNames = names.map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
  let text = 'order_id,line_no,order_date,customer_id,product_id,description,quantity,unit_price,currency,country\n'
  let order = 100_000
  let line = 0
  let customer = ''
  let date = ''
  for (let i = 0; i < count; i++) {
    if (line === 0 || draw(5) === 0) {
      order++
      line = 0
      customer = draw(20) === 0 ? '' : `C${String(draw(1_000_000)).padStart(7, '0')}`
      date = new Date(Date.UTC(2022, 0, 1 + draw(1096))).toISOString().slice(0, 10)
    }
    line++
    const product = draw(5000)
    text += `${order},${line},${date},${customer},P${product},${quotedNames[product % names.length]},${1 + draw(12)},${(draw(20_000) / 100).toFixed(2)},EUR,Germany\n`
    if (text.length > 4_000_000) {
      writeSync(out, text)
      text = ''
    }
  }
  writeSync(out, text)
  closeSync(out)
}
