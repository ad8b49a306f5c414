import { profitabilityTables } from '../analytics/profitability/contract.ts'
import { examplePortfolio } from '../charts/example.ts'
import type { Manifest } from '../pipeline/manifest.ts'
import { sumDecimals } from '../shared/decimal.ts'
import type { ImportReport } from '../warehouse/load/report.ts'
import type { Row } from '../warehouse/port.ts'
import type { Exhibit, ReportData } from './data.ts'

/** The example company as report data, for tests and pictures. `paper` holds both ends of the long lists, as the report reads them. */
export function exampleReportData(options: { withCost?: boolean; extent?: 'paper' | 'workbook' } = {}): ReportData {
  const withCost = options.withCost ?? true
  const tables = examplePortfolio({ withCost })
  const exhibit = (name: string, rows: Row[], limit = rows.length): Exhibit => {
    const { schema: _schema, ...contract } = profitabilityTables.find((table) => table.name === name)!
    const totals = Object.fromEntries(
      Object.entries(contract.columns).map(([column, info]) => {
        const values = rows.map((row) => row[column])
        const sums = info.type === 'money_sum' || info.type === 'integer' || info.type === 'quantity'
        return [column, sums && values.every((value) => value !== null) ? sumDecimals(values as string[]) : null]
      }),
    )
    return { contract, rows: rows.slice(0, limit), total: rows.length, totals }
  }
  const ends = options.extent === 'workbook' ? undefined : 15
  const byNumber = (rows: Row[], column: string, direction: 1 | -1): Row[] =>
    [...rows].sort((a, b) => direction * (Number(a[column]) - Number(b[column])))
  const identified = tables.customer_profit.filter((row) => row.identified === true)
  const measure = withCost ? 'contribution' : 'net_revenue'
  const low = (name: string, rows: Row[]): Exhibit | undefined => (ends ? exhibit(name, rows, ends) : undefined)
  const statuses = ['new', 'returning', 'kept', 'lost']
  const net = String(tables.layer.find((row) => row.layer === 'net_revenue')!.amount)
  return {
    name: 'Müller & Co. <Industrial Supply>',
    manifest: exampleManifest(tables.layer, withCost),
    imports: [exampleImport(net, String(tables.layer.find((row) => row.layer === 'net_revenue')!.identified_amount))],
    layers: exhibit('layer', tables.layer),
    months: exhibit('month_profit', tables.month_profit),
    whaleCurve: exhibit('whale_curve', tables.whale_curve),
    concentration: exhibit('concentration', tables.concentration),
    periods: exhibit('period', tables.period),
    bridge: exhibit('bridge', tables.bridge),
    customers: exhibit('customer_profit', byNumber(identified, 'measure_rank', 1), ends),
    worstCustomers: low('customer_profit', byNumber(identified, 'measure_rank', -1)),
    largestCustomers: ends ? exhibit('customer_profit', byNumber(identified, 'revenue_rank', 1)) : undefined,
    unidentified: tables.customer_profit.find((row) => row.identified === false),
    products: exhibit('product_profit', byNumber(tables.product_profit, measure, -1), ends ? 8 : undefined),
    worstProducts: low('product_profit', byNumber(tables.product_profit, measure, 1)),
    changes: exhibit('customer_change', byNumber(tables.customer_change, 'change', -1), ends),
    worstChanges: low('customer_change', byNumber(tables.customer_change, 'change', 1)),
    changeCounts: statuses.map((status) => ({ status, customers: tables.customer_change.filter((row) => row.status === status).length })),
  }
}

function exampleManifest(layers: Row[], withCost: boolean): Manifest {
  const amount = (layer: string): string | null => {
    const value = layers.find((row) => row.layer === layer)?.amount
    return typeof value === 'string' ? value : null
  }
  return {
    snapshot: '20260115T090000Z-1a2b3c4d',
    asOf: '2025-12-15',
    createdAt: '2026-01-15T09:00:00Z',
    version: '0.1.0',
    engine: 'DuckDB',
    seed: 20260131,
    currency: 'EUR',
    seconds: 1.2,
    figures: [
      {
        name: 'net_revenue',
        title: 'Net revenue',
        value: amount('net_revenue'),
        type: 'money',
        meaning: 'What was invoiced, less returns.',
        formula: 'invoiced revenue + returns',
      },
      {
        name: 'contribution',
        title: 'Contribution',
        value: amount('contribution'),
        type: 'money',
        meaning: 'What is left after product cost.',
        formula: 'net revenue - revenue without cost - product cost',
        ...(withCost ? {} : { missing: 'Needs product cost: load a cost per product.' }),
      },
      {
        name: 'top_20',
        title: 'Best 20 % of customers',
        value: 0.87,
        type: 'ratio',
        low: 0.8,
        high: 0.94,
        interval: '90 % bootstrap interval over customers',
        meaning: 'Their share of the total.',
        formula: 'W(20 %) / T',
      },
      {
        name: 'share_unprofitable',
        title: 'Customers that lose money',
        value: 0.333,
        type: 'ratio',
        low: 0.28,
        high: 0.38,
        interval: '90 % bootstrap interval over customers',
        meaning: 'They cost more than they bring.',
        formula: 'customers below zero / customers',
      },
      {
        name: 'customers',
        title: 'Identified customers',
        value: 60,
        type: 'integer',
        meaning: 'Customers with at least one line.',
        formula: 'count of customer ids',
      },
      {
        name: 'gini',
        title: 'Gini of profit',
        value: 0.71,
        type: 'number',
        low: 0.67,
        high: 0.75,
        interval: '90 % bootstrap interval over customers',
        meaning: 'How unevenly profit is spread.',
        formula: 'G = 2 x gap',
      },
    ],
    findings: [
      {
        name: 'concentration',
        text: '20 % of customers bring 87 % of contribution; 33 % lose money',
        doubt: '90 %: 80-94 %',
        action: 'Strategic finance: remedies on named losers first.',
        weight: 90,
        kind: 'neutral',
      },
      {
        name: 'giant',
        text: 'The largest customer, Aldermann & Söhne, loses €9.66 k on €134 k of revenue',
        action: 'Key account management: review its discounts, 38 % below list.',
        weight: 95,
        kind: 'bad',
        customers: ['K-0001'],
      },
      {
        name: 'lost',
        text: 'Fjordverk AS has not bought since December 2024; it brought €9.19 k a year',
        action: 'Sales: call.',
        weight: 60,
        kind: 'bad',
        customers: ['K-0006'],
      },
      { name: 'new', text: 'Hilltop <Supply> is new and already brings €4.19 k', weight: 40, kind: 'good', customers: ['K-0008'] },
      {
        name: 'without-cost',
        text: '15.5 % of revenue has no product cost and stays out of contribution',
        action: 'Purchasing: add the cost of product P-111.',
        weight: 30,
        kind: 'data',
      },
    ],
    tables: [],
    checks: [
      {
        name: 'layers-tie-to-import',
        title: 'Layers tie to the imports',
        status: 'pass',
        blocking: true,
        detail: `Net revenue of all layers equals the control totals of the imports: ${amount('net_revenue')} EUR.`,
      },
      {
        name: 'months-add-up',
        title: 'Months add up',
        status: 'pass',
        blocking: true,
        detail: 'The sum over months equals the sum over customers in every layer.',
      },
      {
        name: 'revenue-without-cost',
        title: 'Product cost is known',
        status: withCost ? 'warn' : 'pass',
        blocking: false,
        detail: 'Lines of 1 of 12 products have no product cost.',
      },
    ],
    skipped: [
      {
        step: 'cost-to-serve',
        title: 'Cost to serve',
        missing: ['ledger', 'activity'],
        unlock: 'Load the ledger and activities to see what serving each customer costs.',
      },
    ],
    inputs: [
      {
        import: '20260115T085500Z-9f8e7d6c',
        sha256: '9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0',
        files: ['orders-2024-2025.csv'],
        rows: 1650,
        totals: [],
      },
    ],
    settings: {},
    settingsHash: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
    steps: [],
  }
}

function exampleImport(net: string, identified: string): ImportReport {
  return {
    id: '20260115T085500Z-9f8e7d6c',
    createdAt: '2026-01-15T08:55:00Z',
    version: '0.1.0',
    files: [
      {
        name: 'orders-2024-2025.csv',
        bytes: 482_123,
        sha256: '9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0',
        format: 'csv',
        detected: [{ what: 'delimiter', value: ';' }],
        recogniser: { id: 'order-lines', title: 'Table of order lines', confidence: 'known' },
        rows: 1653,
      },
    ],
    tables: { order_line: 1650 },
    rowsIn: 1653,
    rowsKept: 1650,
    rowsSetAside: 3,
    setAside: [
      {
        reason: 'date-unreadable',
        title: 'Date cannot be read',
        rows: 3,
        amounts: [{ currency: 'EUR', amount: '123.4500' }],
        repair: 'Correct the three dates in the file and import it again.',
        examples: [],
      },
    ],
    flags: [
      {
        flag: 'return',
        title: 'Returns and cancellations',
        rows: 101,
        amounts: [{ currency: 'EUR', amount: '-37898.1100' }],
        note: 'Negative quantity; kept.',
        examples: [],
      },
      {
        flag: 'without-customer',
        title: 'Lines without a customer',
        rows: 72,
        amounts: [{ currency: 'EUR', amount: '16000.0000' }],
        note: 'Stay in all totals as (unidentified).',
        examples: [],
      },
    ],
    totals: [
      {
        currency: 'EUR',
        lines: 1650,
        invoiceAmount: net,
        identifiedAmount: identified,
        unidentifiedAmount: sumDecimals([net, `-${identified}`]),
        unidentifiedLines: 72,
        listAmount: null,
        productCost: null,
      },
    ],
    dates: { from: '2024-01-01', to: '2025-12-15' },
    customers: 60,
    orders: 1020,
    products: 12,
    assumptions: ['Currency EUR: the file has none; taken from clientele.yaml.'],
    ignoredColumns: ['sales_rep', '=cmd|calc'],
    seconds: 0.4,
  }
}
