import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { checkColumns, checkRows, orderedRows } from '../../src/pipeline/saved-table.ts'
import type { AnyStep, Check, Figure, Finding, StepContext } from '../../src/pipeline/step.ts'
import { canonicalTable, engineTypes, type TableContract } from '../../src/warehouse/contract/index.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import type { Cell, Row, Warehouse } from '../../src/warehouse/port.ts'
import { id, join, type Sql, sql } from '../../src/warehouse/sql.ts'
import { dayTotals } from '../../src/warehouse/sums.sql.ts'

/** An order line as a test writes it; everything else is filled in. */
export interface TestLine {
  order: string
  date: string
  customer?: string | null
  product?: string | null
  quantity?: number
  /** Invoice amount. */
  amount: string | number
  list?: string | number | null
  cost?: string | number | null
  kind?: 'sale' | 'return' | 'fee' | 'adjustment'
  channel?: string | null
  currency?: string
  repeated?: boolean
}

export interface TestInput {
  lines: TestLine[]
  customers?: { id: string; name?: string; country?: string; segment?: string }[]
  products?: { id: string; name?: string; unit?: string }[]
  rates?: { currency: string; date: string; rate: number }[]
  elements?: TestElement[]
}

/** A price element: of an order (and its line), or of a customer and month. */
export interface TestElement {
  name: string
  type?: 'on_invoice' | 'off_invoice'
  amount: string | number
  order?: string
  line?: number
  customer?: string
  period?: string
  currency?: string
  accrued?: boolean
  owner?: string
}

/** Everything that a run said and wrote. */
export interface TestRun {
  warehouse: Warehouse
  checks: Check[]
  findings: Finding[]
  figures: Figure[]
  table(name: string): Promise<Row[]>
  finding(name: string): Finding | undefined
  figure(name: string): Figure | undefined
  close(): Promise<void>
}

/** Loads rows as the canonical relations and runs the steps on a real DuckDB, saving each table through its contract as the pipeline does. */
export async function runSteps(
  steps: readonly AnyStep[],
  input: TestInput,
  options: { asOf?: string; seed?: number; currency?: string; parameters?: Record<string, Record<string, unknown>> } = {},
): Promise<TestRun> {
  const warehouse = await openDuckDB({ threads: 2 })
  await loadCanonical(warehouse, input)
  const asOf =
    options.asOf ??
    input.lines
      .map(({ date }) => date)
      .sort()
      .at(-1) ??
    '2024-12-31'
  return runStepsOn(warehouse, steps, { ...options, asOf, tables: tablesOf(input) })
}

const tablesOf = (input: TestInput): string[] => [
  'order',
  'order_line',
  ...(input.lines.some(({ customer }) => customer) ? ['customer'] : []),
  ...(input.lines.some(({ product }) => product) ? ['product'] : []),
  ...(input.rates ? ['fx_rate'] : []),
  ...(input.elements ? ['price_element'] : []),
]

/** Runs the steps on a warehouse that already holds the canonical relations. */
export async function runStepsOn(
  warehouse: Warehouse,
  steps: readonly AnyStep[],
  options: { asOf: string; seed?: number; currency?: string; tables: string[]; parameters?: Record<string, Record<string, unknown>> },
): Promise<TestRun> {
  const folder = await mkdtemp(joinPath(tmpdir(), 'clientele-steps-'))
  if (options.tables.includes('order_line')) await warehouse.view('day_total', dayTotals('order_line'))
  const there = new Set(options.tables)
  const said: { checks: Check[]; findings: Finding[]; figures: Figure[] } = { checks: [], findings: [], figures: [] }
  for (const step of steps) {
    const missing = step.reads.filter((table) => !there.has(table))
    if (missing.length > 0) throw new Error(`step ${step.name} misses ${missing.join(', ')}`)
    const context: StepContext = {
      warehouse,
      parameters: step.parameters.parse(options.parameters?.[step.name] ?? {}),
      asOf: options.asOf,
      seed: options.seed ?? 1,
      currency: options.currency ?? 'EUR',
      signal: new AbortController().signal,
      has: (table) => there.has(table),
      async save(contract: TableContract, query: Sql, orderBy?: Sql) {
        await checkColumns(warehouse, contract, query)
        const file = joinPath(folder, `${contract.name}.parquet`)
        await warehouse.save(orderedRows(contract, query, orderBy), file)
        await warehouse.attach(contract.name, [file])
        await checkRows(warehouse, contract, contract.name)
        there.add(contract.name)
      },
      progress: () => undefined,
      check: (check) => said.checks.push(check),
      finding: (finding) => said.findings.push(finding),
      figure: (figure) => said.figures.push(figure),
    }
    await step.run(context)
    for (const { name } of step.writes) if (!there.has(name)) throw new Error(`step ${step.name} did not save ${name}`)
  }
  return {
    warehouse,
    ...said,
    table: (name) => warehouse.rows(sql`select * from ${id(name)}`),
    finding: (name) => said.findings.find((finding) => finding.name === name),
    figure: (name) => said.figures.find((figure) => figure.name === name),
    async close() {
      await warehouse.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Puts the rows into the warehouse as the relations customer, product, order, order_line and fx_rate, with their integer keys. */
export async function loadCanonical(warehouse: Warehouse, input: TestInput): Promise<void> {
  const sorted = (values: (string | null | undefined)[]) => [...new Set(values.filter((value): value is string => !!value))].sort()
  const customers = sorted([...input.lines.map(({ customer }) => customer), ...(input.customers ?? []).map((one) => one.id)])
  const products = sorted([...input.lines.map(({ product }) => product), ...(input.products ?? []).map((one) => one.id)])
  const orders = sorted(input.lines.map(({ order }) => order))
  const keyIn = (list: string[], value: string | null | undefined) => (value ? list.indexOf(value) + 1 : 0)

  await loadTable(
    warehouse,
    'customer',
    customers.map((customer, i) => {
      const given = input.customers?.find((one) => one.id === customer)
      return {
        customer_id: customer,
        name: given?.name ?? customer,
        country: given?.country ?? null,
        segment_id: given?.segment ?? null,
        customer_key: i + 1,
      }
    }),
    ['customer_key'],
  )
  await loadTable(
    warehouse,
    'product',
    products.map((product, i) => {
      const given = input.products?.find((one) => one.id === product)
      return { product_id: product, name: given?.name ?? product, base_unit: given?.unit ?? null, product_key: i + 1 }
    }),
    ['product_key'],
  )
  await loadTable(
    warehouse,
    'order',
    orders.map((order, i) => {
      const line = input.lines.find((one) => one.order === order) as TestLine
      return {
        order_id: order,
        customer_id: line.customer ?? null,
        order_date: line.date,
        order_key: i + 1,
        customer_key: keyIn(customers, line.customer),
      }
    }),
    ['order_key', 'customer_key'],
  )
  const numbers = new Map<string, number>()
  await loadTable(
    warehouse,
    'order_line',
    input.lines.map((line, i) => {
      const number = (numbers.get(line.order) ?? 0) + 1
      numbers.set(line.order, number)
      const quantity = line.quantity ?? 1
      return {
        order_id: line.order,
        line_no: number,
        customer_id: line.customer ?? null,
        order_date: line.date,
        channel_id: line.channel ?? null,
        product_id: line.product ?? null,
        kind: line.kind ?? (quantity < 0 ? 'return' : 'sale'),
        quantity: String(quantity),
        list_amount: line.list === undefined || line.list === null ? null : String(line.list),
        invoice_amount: String(line.amount),
        product_cost: line.cost === undefined || line.cost === null ? null : String(line.cost),
        currency: line.currency ?? 'EUR',
        cancellation_flag: false,
        duplicate_flag: line.repeated ?? false,
        source_file: 'test.csv',
        source_row: i + 2,
        customer_key: keyIn(customers, line.customer),
        product_key: keyIn(products, line.product),
        order_key: keyIn(orders, line.order),
      }
    }),
    ['customer_key', 'product_key', 'order_key'],
  )
  if (input.rates) await loadTable(warehouse, 'fx_rate', input.rates, [])
  await loadTable(
    warehouse,
    'price_element',
    (input.elements ?? []).map((one, i) => ({
      element_id: `E${i + 1}`,
      order_id: one.order ?? null,
      line_no: one.line ?? null,
      customer_id: one.customer ?? null,
      period: one.period ?? null,
      type: one.type ?? 'off_invoice',
      name: one.name,
      amount: String(one.amount),
      currency: one.currency ?? null,
      accrual_flag: one.accrued ?? false,
      owner: one.owner ?? null,
    })),
    [],
  )
}

const bulk = {
  'decimal(18,4)': 'decimal(18,4)',
  'decimal(18,6)': 'double',
  varchar: 'varchar',
  bigint: 'bigint',
  date: 'date',
  boolean: 'boolean',
  double: 'double',
} as const

/** Rows of a canonical table through the engine's bulk door, then into the contract's exact types. */
export async function loadTable(warehouse: Warehouse, table: string, rows: Record<string, Cell>[], keys: string[] = []): Promise<void> {
  // As in a run, a table without rows is not there at all.
  if (rows.length === 0) return
  const contract = canonicalTable(table) as TableContract
  const types = Object.fromEntries([
    ...Object.entries(contract.columns).map(([name, { type }]) => [name, bulk[engineTypes[type] as keyof typeof bulk]] as const),
    ...keys.map((key) => [key, 'integer'] as const),
  ])
  const columns = Object.fromEntries(Object.keys(types).map((name) => [name, rows.map((row) => row[name] ?? null)]))
  await warehouse.load(`${table} as given`, columns, types)
  const list = Object.entries(contract.columns).map(([name, { type }]) =>
    engineTypes[type] === 'decimal(18,6)' ? sql`cast(${id(name)} as decimal(18, 6)) as ${id(name)}` : id(name),
  )
  await warehouse.materialise(table, sql`select ${join([...list, ...keys.map((key) => id(key))])} from ${id(`${table} as given`)}`)
}
