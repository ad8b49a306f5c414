import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { col, optional, table } from '../warehouse/contract/index.ts'
import { sql } from '../warehouse/sql.ts'
import { lockHolder } from './lock.ts'
import { type RunRequest, runSteps } from './run.ts'
import { currentSnapshot, readSnapshot, snapshotIds } from './snapshot.ts'
import type { AnyStep, StepContext } from './step.ts'
import { makePlace, type TestLine, writeImport } from './test-helper.ts'

const customerTotal = table({
  name: 'customer_total',
  title: 'Totals',
  meaning: 'Totals by customer.',
  grain: 'customer',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'Id.'),
    name: optional(col.text('Name', 'Name.')),
    amount: col.moneySum('Amount', 'Sum.'),
    lines: col.integer('Lines', 'Lines.'),
    customer_key: col.number('Key', 'Key over all imports.'),
  },
})

const totalsQuery = sql`
  select
    coalesce(l.customer_id, '(unidentified)') as customer_id,
    max(c.name) as name,
    cast(sum(l.invoice_amount) as decimal(38, 4)) as amount,
    count(*) as lines,
    cast(max(l.customer_key) as double) as customer_key
  from order_line as l
  left join customer as c on c.customer_key = l.customer_key
  group by l.customer_id`

const totals = (more: Partial<AnyStep> = {}, after?: (context: StepContext) => Promise<void> | void): AnyStep => ({
  name: 'totals',
  title: 'Totals by customer',
  reads: ['order_line'],
  writes: [customerTotal],
  unlock: 'Load orders.',
  parameters: z.strictObject({ least: z.number().min(0).default(0) }),
  async run(context) {
    await context.save(customerTotal, totalsQuery)
    await after?.(context)
  },
  ...more,
})

const lines: TestLine[] = [
  { order_id: 'o1', customer_id: 'b', order_date: '2026-01-05', product_id: 'p1', invoice_amount: '10.00' },
  { order_id: 'o1', customer_id: 'b', order_date: '2026-01-05', product_id: 'p2', invoice_amount: '0.10' },
  { order_id: 'o2', customer_id: 'a', order_date: '2026-01-06', product_id: 'p1', invoice_amount: '20.20' },
  { order_id: 'o3', customer_id: null, order_date: '2026-02-01', product_id: 'p3', invoice_amount: '5.00' },
  { order_id: 'o4', customer_id: 'c', order_date: '2026-02-03', product_id: 'p2', invoice_amount: '-1.05', kind: 'return', quantity: '-1' },
  { order_id: 'o5', customer_id: 'ä', order_date: '2026-02-04', product_id: 'p2', invoice_amount: '7.77' },
]

let places: ReturnType<typeof makePlace>[] = []
afterEach(() => {
  for (const place of places) place.remove()
  places = []
})

const place = (settings?: Record<string, unknown>) => {
  const made = makePlace(settings)
  places.push(made)
  return made
}

let tick = 0
const request = (at: ReturnType<typeof makePlace>, more: Partial<RunRequest> = {}): RunRequest => ({
  ...at,
  steps: [totals()],
  now: new Date(Date.UTC(2026, 5, 1, 0, 0, tick++)),
  ...more,
})

const bytes = (at: ReturnType<typeof makePlace>, id: string, name = 'customer_total') =>
  readFileSync(join(at.snapshotsDir, id, `${name}.parquet`))

test('a run publishes a snapshot with its tables, manifest, checks and timings, and leaves nothing else behind', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const seen: number[] = []
  const manifest = await runSteps(request(at, { onProgress: ({ fraction }) => seen.push(fraction) }))
  expect(await currentSnapshot(at.snapshotsDir)).toBe(manifest.snapshot)
  expect(await readSnapshot(at.snapshotsDir)).toEqual(JSON.parse(JSON.stringify(manifest)))
  expect(manifest).toMatchObject({
    asOf: '2026-02-04',
    seed: 1,
    currency: 'EUR',
    tables: [{ name: 'customer_total', rows: 5 }],
    inputs: [{ import: 'i1', files: ['orders.csv'], rows: 6 }],
    steps: [{ name: 'totals', reads: ['order_line'], writes: ['customer_total'] }],
    checks: [
      {
        name: 'inputs-tie-to-imports-eur',
        status: 'pass',
        blocking: true,
        expected: 'lines 6, invoice amount 42.02',
        actual: 'lines 6, invoice amount 42.02',
      },
    ],
  })
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(seen.at(-1)).toBe(1)
  expect(readdirSync(at.snapshotsDir).sort()).toEqual([manifest.snapshot, 'current'].sort())
  expect(readdirSync(at.cacheDir)).toEqual([])
})

test('the same inputs give the same tables byte by byte: run again, rows permuted, file split in imports of any order', async () => {
  const whole = place()
  await writeImport(whole.importsDir, { id: 'i1', lines })
  const first = await runSteps(request(whole))
  const again = await runSteps(request(whole))
  expect(again.snapshot).not.toBe(first.snapshot)
  expect(bytes(whole, again.snapshot)).toEqual(bytes(whole, first.snapshot))

  const permuted = place()
  await writeImport(permuted.importsDir, { id: 'i1', lines: [...lines].reverse() })
  expect(bytes(permuted, (await runSteps(request(permuted))).snapshot)).toEqual(bytes(whole, first.snapshot))

  for (const cut of [1, 3, 5]) {
    for (const order of [0, 1]) {
      const split = place()
      const parts = order === 0 ? [lines.slice(0, cut), lines.slice(cut)] : [lines.slice(cut), lines.slice(0, cut)]
      await writeImport(split.importsDir, { id: 'i1', lines: parts[0] })
      await writeImport(split.importsDir, { id: 'i2', lines: parts[1] })
      const manifest = await runSteps(request(split))
      expect(manifest.checks.map(({ status }) => status)).toEqual(['pass'])
      expect(bytes(split, manifest.snapshot)).toEqual(bytes(whole, first.snapshot))
    }
  }
})

test('over several imports, the latest that knows an attribute wins, a real name beats a repeated id, and the first date is the earliest', async () => {
  const at = place()
  const columns = ['name', 'country', 'segment_id', 'first_seen_date', 'customer_key'] as const
  const seen = table({
    name: 'seen',
    title: 'Seen',
    meaning: 'Customers as steps see them.',
    grain: 'customer',
    key: ['customer_id'],
    kind: 'result',
    columns: {
      customer_id: col.text('Id', 'Id.'),
      name: optional(col.text('Name', 'Name.')),
      country: optional(col.text('Country', 'Country.')),
      segment_id: optional(col.text('Segment', 'Segment.')),
      first_seen_date: optional(col.date('First', 'First.')),
      customer_key: col.number('Key', 'Key.'),
    },
  })
  await writeImport(at.importsDir, {
    id: 'i1',
    lines,
    customers: [{ customer_id: 'a', name: 'Anna', country: 'FR', segment_id: 's1', first_seen_date: '2026-01-06' }],
  })
  await writeImport(at.importsDir, {
    id: 'i2',
    customers: [
      { customer_id: 'a', name: 'a', country: 'DE', segment_id: null, first_seen_date: '2026-03-01' },
      { customer_id: '0', name: '0', country: null, segment_id: null, first_seen_date: null },
    ],
  })
  const step: AnyStep = {
    ...totals(),
    reads: ['customer'],
    writes: [seen],
    async run(context) {
      await context.save(
        seen,
        sql`select customer_id, name, country, segment_id, first_seen_date, cast(customer_key as double) as customer_key from customer`,
      )
      const [first, anna] = await context.warehouse.rows(sql`select * from seen order by customer_id`)
      expect(columns.map((column) => first[column])).toEqual(['0', null, null, null, 1])
      expect(columns.map((column) => anna[column])).toEqual(['Anna', 'DE', 's1', '2026-01-06', 2])
    },
  }
  await runSteps(request(at, { steps: [step] }))
})

test('orders that stand in two imports are one order, with the customer that is known', async () => {
  const at = place()
  await writeImport(at.importsDir, {
    id: 'i1',
    lines: [{ order_id: 'o1', customer_id: null, order_date: '2026-01-01', invoice_amount: '1' }],
  })
  await writeImport(at.importsDir, {
    id: 'i2',
    lines: [
      { order_id: 'o1', customer_id: 'z', order_date: '2026-01-01', invoice_amount: '2' },
      { order_id: 'o0', customer_id: 'y', order_date: '2026-01-01', invoice_amount: '2' },
    ],
  })
  const step = totals({ readsIfPresent: ['order'] }, async ({ warehouse }) => {
    expect(await warehouse.rows(sql`select order_id, customer_id, order_key, customer_key from "order" order by order_id`)).toEqual([
      { order_id: 'o0', customer_id: 'y', order_key: 1, customer_key: 1 },
      { order_id: 'o1', customer_id: 'z', order_key: 2, customer_key: 2 },
    ])
  })
  await runSteps(request(at, { steps: [step] }))
})

test('a failed blocking check keeps the last snapshot, returns all checks and writes them down', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const good = await runSteps(request(at))
  const check = {
    name: 'ties',
    title: 'Layers tie',
    status: 'fail',
    blocking: true,
    detail: 'off by 0.01',
    expected: '1.00',
    actual: '1.01',
  } as const
  await expect(runSteps(request(at, { steps: [totals({}, (context) => context.check(check))] }))).rejects.toMatchObject({
    code: 'run.check-failed',
    kind: 'data',
    message: 'Layers tie: off by 0.01',
    problems: [{ message: 'Layers tie: off by 0.01 Expected 1.00; got 1.01.' }],
    summary: { checks: [{ status: 'pass' }, check] },
  })
  expect(await currentSnapshot(at.snapshotsDir)).toBe(good.snapshot)
  expect(await snapshotIds(at.snapshotsDir)).toEqual([good.snapshot])
  expect(readdirSync(at.snapshotsDir)).toHaveLength(2)
  expect(JSON.parse(readFileSync(join(at.cacheDir, 'last-failed.json'), 'utf8'))).toMatchObject({
    code: 'run.check-failed',
    checks: [{}, check],
  })
  await runSteps(request(at, { steps: [totals({}, (context) => context.check({ ...check, blocking: false }))] }))
  expect(readdirSync(at.cacheDir)).toEqual([])
})

test('lines that are not those the import reported block publication', async () => {
  const at = place()
  const report = await writeImport(at.importsDir, { id: 'i1', lines })
  report.totals[0].invoiceAmount = '42.0201'
  writeFileSync(join(at.importsDir, 'i1', 'import.json'), JSON.stringify(report))
  await expect(runSteps(request(at))).rejects.toMatchObject({
    code: 'run.check-failed',
    summary: { checks: [{ status: 'fail', expected: 'invoice amount 42.0201', actual: 'invoice amount 42.02' }] },
  })
})

test('lines after the last day that counts are told', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const { checks, asOf } = await runSteps(request(at, { asOf: '2026-01-31' }))
  expect(asOf).toBe('2026-01-31')
  expect(checks[1]).toMatchObject({
    name: 'lines-after-as-of',
    status: 'warn',
    detail: '3 order lines are dated after 2026-01-31 and are left out.',
  })
})

test('a table that breaks its contract is refused with what is wrong', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const saving = (query: ReturnType<typeof sql>) => totals({ run: (context) => context.save(customerTotal, query) })
  const fails = (query: ReturnType<typeof sql>) => expect(runSteps(request(at, { steps: [saving(query)] }))).rejects
  await fails(sql`select customer_id, 1 as lines, 'x' as extra from order_line`).toMatchObject({
    code: 'run.contract',
    kind: 'internal',
    message: expect.stringMatching(/column name is missing; column amount is missing; column lines is integer; the contract says bigint/),
  })
  await fails(sql`select 'x' as customer_id, name, amount, lines, customer_key from (${totalsQuery}) as t`).toMatchObject({
    message: expect.stringContaining('4 rows repeat the key (customer_id)'),
  })
  await fails(
    sql`select customer_id, name, nullif(amount, amount) as amount, lines, customer_key from (${totalsQuery}) as t`,
  ).toMatchObject({
    message: expect.stringContaining('column amount is empty in 5 rows'),
  })
  expect(await currentSnapshot(at.snapshotsDir)).toBeNull()
})

test('a step that promises a table must save it, once, and only its own', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  await expect(runSteps(request(at, { steps: [totals({ run: async () => undefined })] }))).rejects.toThrow(
    'did not save table "customer_total"',
  )
  await expect(runSteps(request(at, { steps: [totals({}, (c) => c.save(customerTotal, totalsQuery))] }))).rejects.toThrow('twice')
  await expect(runSteps(request(at, { steps: [totals({ writes: [] })] }))).rejects.toThrow('which it does not declare')
})

test('settings of a step are checked before any work, with their place in clientele.yaml', async () => {
  const at = place({ steps: { totals: { least: -1 } } })
  await writeImport(at.importsDir, { id: 'i1', lines })
  await expect(runSteps(request(at))).rejects.toMatchObject({ code: 'config.invalid', problems: [{ file: 'clientele.yaml', line: 1 }] })
  const wrongName = place({ steps: { total: {} } })
  await writeImport(wrongName.importsDir, { id: 'i1', lines })
  await expect(runSteps(request(wrongName))).rejects.toMatchObject({
    message: expect.stringContaining('there is no step "total"'),
    hint: 'Did you mean "totals"?',
  })
})

test('without an import, a run says what to load', async () => {
  await expect(runSteps(request(place()))).rejects.toMatchObject({
    code: 'run.no-input',
    kind: 'missing',
    hint: expect.stringContaining('clientele import'),
  })
})

test('a cancelled run leaves nothing', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const stop = new AbortController()
  const step = totals({}, () => stop.abort())
  await expect(runSteps(request(at, { steps: [step], signal: stop.signal }))).rejects.toMatchObject({ code: 'cancelled' })
  expect(readdirSync(at.snapshotsDir)).toEqual([])
  expect(readdirSync(at.cacheDir)).toEqual([])
})

test('an import that is taken back during the run stops it with a clear word', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const step = totals({
    async run(context) {
      mkdirSync(join(at.importsDir, '.undone'))
      renameSync(join(at.importsDir, 'i1'), join(at.importsDir, '.undone', 'i1'))
      await context.save(customerTotal, totalsQuery)
    },
  })
  await expect(runSteps(request(at, { steps: [step] }))).rejects.toMatchObject({ code: 'run.inputs-changed', kind: 'conflict' })
})

test('one run at a time: a second is refused, and the lock of a dead process is taken over', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const step = totals({}, async () => {
    await expect(runSteps(request(at))).rejects.toMatchObject({
      code: 'run.busy',
      kind: 'conflict',
      message: expect.stringContaining(`process ${process.pid}`),
    })
  })
  await runSteps(request(at, { steps: [step] }))
  expect(await lockHolder(at.cacheDir)).toBeNull()

  const dead = { token: 'x', pid: 2 ** 22 - 1, host: hostname(), born: null, since: '2026-01-01T00:00:00Z' }
  writeFileSync(join(at.cacheDir, 'run.lock'), JSON.stringify(dead))
  mkdirSync(join(at.snapshotsDir, '.staging-left'))
  await runSteps(request(at))
  expect(readdirSync(at.snapshotsDir).filter((name) => name.startsWith('.'))).toEqual([])

  // The number of a dead process may belong to a living one by now; its birth tells them apart.
  writeFileSync(join(at.cacheDir, 'run.lock'), JSON.stringify({ ...dead, pid: process.pid, born: 'before/1' }))
  if (process.platform === 'linux') await runSteps(request(at))
})

test('a run that lost its lock publishes nothing', async () => {
  const at = place()
  await writeImport(at.importsDir, { id: 'i1', lines })
  const step = totals({}, () => writeFileSync(join(at.cacheDir, 'run.lock'), '{}'))
  await expect(runSteps(request(at, { steps: [step] }))).rejects.toMatchObject({ code: 'run.lock-lost' })
  expect(await currentSnapshot(at.snapshotsDir)).toBeNull()
})
