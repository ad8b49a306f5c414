import { afterAll, beforeAll } from 'vitest'
import * as allocation from '../../src/analytics/costing/allocation.sql.ts'
import * as findings from '../../src/analytics/costing/cost-findings.sql.ts'
import * as cube from '../../src/analytics/costing/cube.sql.ts'
import { driversOf } from '../../src/analytics/costing/drivers.ts'
import * as facts from '../../src/analytics/costing/facts.sql.ts'
import { costToServe } from '../../src/analytics/costing/index.ts'
import * as ledger from '../../src/analytics/costing/ledger.sql.ts'
import type { ObjectLevel } from '../../src/analytics/costing/model.ts'
import * as tables from '../../src/analytics/costing/model-tables.sql.ts'
import * as results from '../../src/analytics/costing/results.sql.ts'
import { type DriverType, parseTimeEquation } from '../../src/analytics/costing/time-equation.ts'
import * as whatIf from '../../src/analytics/costing/what-if.sql.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import { loadCanonical, loadTable, runStepsOn, type TestRun } from '../support/portfolio.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

/** Alder orders once, two lines, and Birch once with a return; a visit to Birch took 30 minutes. The desk has 100 minutes, the store 50. */
const span: facts.Span = { from: '2024-01-01', to: '2024-02-29', monthsPerPeriod: 1, base: 2024 * 12 }
const whole: facts.Span = { ...span, monthsPerPeriod: 0, base: 1 }
const activity = (
  id: string,
  level: ObjectLevel,
  column: number,
  minutes: string,
  drivers: Record<string, DriverType> = driversOf[level],
) => ({
  id,
  level,
  column,
  equation: parseTimeEquation(minutes, drivers),
})
const enter = activity('enter', 'order', 0, '8 + 2 * lines')
const pick = activity('pick', 'line', 1, 'if(returned, 0, 5)')
const care = activity('care', 'customer', 2, '10 * months_active')
const visit = activity('visit', 'customer', 3, '20 + distance', { distance: 'number' })
const judged: results.JudgedActivity[] = [
  { ...enter, title: 'Enter', pool: 'desk', poolTitle: 'Desk', rateRange: 0.1, range: 0.1, shortRun: 0 },
  { ...pick, title: 'Pick', pool: 'store', poolTitle: 'Store', rateRange: 0.1, range: 0.1, shortRun: 0.5 },
]

let run: TestRun
beforeAll(async () => {
  const warehouse = await openDuckDB({ threads: 2 })
  await loadCanonical(warehouse, {
    customers: [
      { id: 'A', name: 'Alder', segment: 'key' },
      { id: 'B', name: 'Birch' },
    ],
    lines: [
      { order: '1', date: '2024-01-05', customer: 'A', product: 'p', amount: 100, cost: 60, channel: 'edi' },
      { order: '1', date: '2024-01-05', customer: 'A', product: 'q', amount: 50, cost: 30, channel: 'edi' },
      { order: '2', date: '2024-02-05', customer: 'B', product: 'p', amount: 80, cost: 50, channel: 'web' },
      { order: '2', date: '2024-02-05', customer: 'B', product: 'p', amount: -80, cost: -50, quantity: -1, channel: 'web' },
    ],
  })
  await loadTable(warehouse, 'ledger', [
    { entry_id: '1', period: '2024-01', account: '1', cost_centre: 'DESK', amount: '100' },
    { entry_id: '2', period: '2024-02', account: '2', cost_centre: 'STORE', amount: '50.0001' },
  ])
  await loadTable(warehouse, 'fx_rate', [{ currency: 'USD', date: '2024-01-01', rate: 0.9 }])
  await loadTable(warehouse, 'cost_pool', [{ pool_id: 'desk', period: '2024-01', level: 'order', practical_capacity: 100 }])
  await loadTable(warehouse, 'pool_assignment', [{ account: '1', cost_centre: 'DESK', pool_id: 'desk', period: '2024-01', share: 1 }])
  await loadTable(warehouse, 'service_flow', [{ from_pool: 'it', to_pool: 'desk', period: '2024-01', share: 1 }])
  await loadTable(warehouse, 'activity', [{ activity_id: 'enter', pool_id: 'desk', object_level: 'order', time_equation: '8' }])
  await loadTable(warehouse, 'driver_event', [
    { event_id: '1', activity_id: 'visit', date: '2024-01-10', customer_id: 'B', drivers: '{"distance": 10}' },
  ])
  await loadTable(warehouse, 'balance', [{ customer_id: 'A', period: '2024-01', avg_receivable: '3650', capital_rate: 0.1 }])
  run = await runStepsOn(warehouse, [profitabilitySteps[0]!, costToServe], {
    asOf: '2024-02-29',
    tables: ['order', 'order_line', 'customer', 'product', 'ledger'],
    parameters: {
      costing: {
        pools: [
          { id: 'desk', level: 'order', capacity: 100 },
          { id: 'store', level: 'line', capacity: 50 },
        ],
        accounts: [
          { costCentre: 'DESK', pools: { desk: 1 } },
          { costCentre: 'STORE', pools: { store: 1 } },
        ],
        activities: [
          { id: 'enter', pool: 'desk', level: 'order', minutes: '8 + 2 * lines' },
          { id: 'pick', pool: 'store', level: 'line', minutes: 'if(returned, 0, 5)' },
        ],
      },
    },
  })
  await warehouse.materialise('order_minutes', facts.orderMinutes([enter], whole))
  await warehouse.materialise('line_minutes', facts.lineFacts([pick], whole))
})
afterAll(() => run.close())

const customerA = { customer_key: 1, customer_id: 'A' }
const customerB = { customer_key: 2, customer_id: 'B' }

const cases: SqlCase[] = [
  {
    of: 'ledgerSums',
    query: ledger.ledgerSums(),
    ordered: true,
    rows: [
      { period: '2024-01', account: '1', cost_centre: 'DESK', currency: null, excluded_reason: null, amount: '100.0000' },
      { period: '2024-02', account: '2', cost_centre: 'STORE', currency: null, excluded_reason: null, amount: '50.0001' },
    ],
  },
  { of: 'ledgerRates', query: ledger.ledgerRates(), rows: [{ currency: 'USD', date: '2024-01-01', rate: 0.9 }] },
  {
    of: 'poolRows',
    query: tables.poolRows(),
    rows: [
      {
        pool_id: 'desk',
        period: '2024-01',
        title: null,
        incremental_share: null,
        level: 'order',
        capacity_unit: null,
        practical_capacity: 100,
        theoretical_capacity: null,
      },
    ],
  },
  {
    of: 'assignmentRows',
    query: tables.assignmentRows(),
    rows: [{ account: '1', cost_centre: 'DESK', pool_id: 'desk', period: '2024-01', share: 1 }],
  },
  { of: 'flowRows', query: tables.flowRows(), rows: [{ from_pool: 'it', to_pool: 'desk', period: '2024-01', share: 1 }] },
  {
    of: 'activityRows',
    query: tables.activityRows(),
    rows: [{ activity_id: 'enter', title: null, pool_id: 'desk', object_level: 'order', time_equation: '8' }],
  },
  { of: 'eventCounts', query: tables.eventCounts(), rows: [{ activity_id: 'visit', events: 1 }] },
  { of: 'driverSamples', query: tables.driverSamples('visit', 10), rows: [{ drivers: '{"distance": 10}' }] },
  {
    of: 'lineFacts',
    query: facts.lineFacts([pick], span),
    rows: [
      {
        customer_key: 1,
        period_no: 1,
        net_revenue: '150.0000',
        costed_contribution: '60.0000',
        costed_lines: 2,
        m1: '10.000000',
        e1: 2,
        least1: 5,
      },
      {
        customer_key: 2,
        period_no: 2,
        net_revenue: '0.0000',
        costed_contribution: '0.0000',
        costed_lines: 2,
        m1: '5.000000',
        e1: 1,
        least1: 0,
      },
    ],
  },
  {
    of: 'costedOrders',
    query: facts.costedOrders([activity('all', 'order', 0, 'lines + returned_lines + units + amount + if(channel = "x", 1, 0)')], whole),
    rows: [
      {
        order_key: 1,
        customer_key: 1,
        order_date: '2024-01-05',
        lines: 2,
        channel_id: 'edi',
        returned_lines: 0,
        units: '2.0000',
        amount: '150.0000',
      },
      {
        order_key: 2,
        customer_key: 2,
        order_date: '2024-02-05',
        lines: 2,
        channel_id: 'web',
        returned_lines: 1,
        units: '1.0000',
        amount: '0.0000',
      },
    ],
  },
  {
    of: 'orderMinutes',
    query: facts.orderMinutes([enter], span),
    rows: [
      { customer_key: 1, period_no: 1, m0: '12.000000', e0: 1, least0: 12 },
      { customer_key: 2, period_no: 2, m0: '12.000000', e0: 1, least0: 12 },
    ],
  },
  {
    of: 'orderMinutes',
    when: 'with facts of the order',
    query: facts.orderMinutes([activity('drop', 'order', 0, 'drops + changes')], whole),
    rows: [
      { customer_key: 1, period_no: 1, m0: '1.000000', e0: 1, least0: 1 },
      { customer_key: 2, period_no: 1, m0: '1.000000', e0: 1, least0: 1 },
    ],
  },
  {
    of: 'customerMinutes',
    query: facts.customerMinutes([care, activity('key', 'customer', 4, 'if(segment = "key", 7, 1)')], whole, dialect),
    rows: [
      { customer_key: 1, period_no: 1, m2: '10.000000', e2: 1, least2: 10, m4: '7.000000', e4: 1, least4: 7 },
      { customer_key: 2, period_no: 1, m2: '10.000000', e2: 1, least2: 10, m4: '1.000000', e4: 1, least4: 1 },
    ],
  },
  {
    of: 'objectMinutes',
    when: 'segments',
    query: facts.objectMinutes('segment', [activity('fair', 'segment', 5, '3 * orders + customers')], whole, dialect),
    rows: [
      { object_id: '(none)', period_no: 1, m5: '4.000000', e5: 1, least5: 4 },
      { object_id: 'key', period_no: 1, m5: '4.000000', e5: 1, least5: 4 },
    ],
  },
  {
    of: 'eventMinutes',
    query: facts.eventMinutes('customer', [visit], span, dialect),
    rows: [{ customer_key: 2, period_no: 1, m3: '30.000000', e3: 1, least3: 30 }],
  },
  {
    of: 'allMinutes',
    query: facts.allMinutes(facts.lineFacts([], whole), [
      { relation: 'line_minutes', activities: [pick] },
      { relation: 'order_minutes', activities: [enter] },
    ]),
    rows: [
      { customer_key: 1, period_no: 1, m1: '10.000000', e1: 2, m0: '12.000000', e0: 1 },
      { customer_key: 2, period_no: 1, m1: '5.000000', e1: 1, m0: '12.000000', e0: 1 },
    ],
  },
  { of: 'leastMinutes', query: facts.leastMinutes({ relation: 'line_minutes', activities: [pick] }), rows: [{ least1: 0 }] },
  {
    of: 'minutesTotals',
    query: facts.minutesTotals('customer_minutes', [enter, pick]),
    rows: [
      { activity_id: 'enter', period_no: 1, events: 2, minutes: '24.000000' },
      { activity_id: 'pick', period_no: 1, events: 3, minutes: '15.000000' },
    ],
  },
  {
    // The desk: 100 for 100 minutes, 24 used; 240,000 units over two customers alike. The store: 50.0001 for 50, 15 used: 150,000.3 units.
    of: 'wholeParts',
    query: allocation.wholeParts('cost_cell', [enter, pick]),
    rows: [{ period_no: 1, f0: '240000', f1: '150000' }],
  },
  {
    of: 'remainderCounts',
    query: allocation.remainderCounts('cost_cell', [enter, pick]),
    rows: [
      { activity: 0, period_no: 1, bin: 0, customers: 2 },
      { activity: 1, period_no: 1, bin: 0, customers: 2 },
    ],
  },
  { of: 'remaindersInBin', query: allocation.remaindersInBin('cost_cell_binned', [enter, pick]), rows: [] },
  {
    of: 'largestParts',
    query: allocation.largestParts('cost_cell', [enter, pick]),
    rows: [
      { activity: 0, period_no: 1, customer_key: 1 },
      { activity: 1, period_no: 1, customer_key: 1 },
    ],
  },
  {
    of: 'customerUnits',
    query: allocation.customerUnits('cost_cell_settled', [enter, pick], 1),
    rows: [
      { customer_key: 1, m0: '12.000000', e0: 1, c0: 120000, m1: '10.000000', e1: 2, c1: 100000 },
      { customer_key: 2, m0: '12.000000', e0: 1, c0: 120000, m1: '5.000000', e1: 1, c1: 50000 },
    ],
  },
  { of: 'unitTotals', query: allocation.unitTotals([enter, pick]), rows: [{ c0: '240000', c1: '150000' }] },
  {
    of: 'namedActivityCosts',
    query: results.namedActivityCosts('(unidentified)', [enter]),
    rows: [
      { ...customerA, activity_id: 'enter', events: 1, minutes: 12, cost: '12.0000' },
      { ...customerB, activity_id: 'enter', events: 1, minutes: 12, cost: '12.0000' },
    ],
  },
  {
    of: 'capitalCharges',
    query: results.capitalCharges(null, whole, dialect),
    // 3,650 at 10 % for 31 days.
    rows: [{ customer_key: 1, capital_charge: '31.0000' }],
  },
  { of: 'noCapitalCharges', query: results.noCapitalCharges(), rows: [] },
  {
    of: 'profitParts',
    query: results.profitParts(judged, true),
    rows: [
      {
        customer_key: 1,
        net_revenue: '150.0000',
        contribution: '60.0000',
        capital_charge: null,
        c0: 120000,
        c1: 100000,
        line_cost: '10.0000',
        order_cost: '12.0000',
        account_cost: '0.0000',
        cost_to_serve: '22.0000',
        short_run_cost: '5.0000',
        customer_profit: '38.0000',
        deviation: expectClose(Math.sqrt(((0.01 / 3) * (144 + 100) + (1 + 0.01 / 3) * (0.01 / 3) * (144 + 100)) * 1)),
        furthest: expectClose(22 * 0.21),
      },
      {
        customer_key: 2,
        net_revenue: '0.0000',
        contribution: '0.0000',
        capital_charge: null,
        c0: 120000,
        c1: 50000,
        line_cost: '5.0000',
        order_cost: '12.0000',
        account_cost: '0.0000',
        cost_to_serve: '17.0000',
        short_run_cost: '2.5000',
        customer_profit: '-17.0000',
        deviation: expectClose(Math.sqrt((0.01 / 3) * (144 + 25) + (1 + 0.01 / 3) * (0.01 / 3) * (144 + 25))),
        furthest: expectClose(17 * 0.21),
      },
    ],
  },
  { of: 'uncertainCustomers', query: results.uncertainCustomers(judged), rows: [] },
  {
    of: 'customerCosts',
    query: results.customerCosts('(unidentified)', judged, false),
    rows: [
      {
        ...customerA,
        name: 'Alder',
        identified: true,
        net_revenue: '150.0000',
        contribution: '60.0000',
        line_cost: '10.0000',
        order_cost: '12.0000',
        account_cost: '0.0000',
        cost_to_serve: '22.0000',
        customer_profit: '38.0000',
        capital_charge: null,
        economic_profit: null,
        short_run_cost: '0.0000',
        profit_low: '35.9004',
        profit_high: '40.0996',
        loss_probability: 0,
        cost_to_serve_share: 22 / 150,
        profit_rank: 1,
        verdict: 'robust',
      },
      {
        ...customerB,
        name: 'Birch',
        identified: true,
        net_revenue: '0.0000',
        contribution: '0.0000',
        line_cost: '5.0000',
        order_cost: '12.0000',
        account_cost: '0.0000',
        cost_to_serve: '17.0000',
        customer_profit: '-17.0000',
        capital_charge: null,
        economic_profit: null,
        short_run_cost: '0.0000',
        profit_low: '-18.7474',
        profit_high: '-15.2526',
        loss_probability: 1,
        cost_to_serve_share: null,
        profit_rank: 2,
        verdict: 'robust',
      },
    ],
  },
  {
    of: 'signChanges',
    query: results.signChanges(judged),
    rows: [
      Object.fromEntries(
        [
          ['24.0000', 0],
          ['15.0000', 1],
          ['24.0000', 2],
          ['15.0000', 3],
        ].flatMap(([amount, i]) => [
          [`turn${i}`, 0],
          [`profit${i}`, '0.0000'],
          [`amount${i}`, amount],
        ]),
      ),
    ],
  },
  { of: 'noCube', query: cube.noCube(), rows: [] },
  {
    of: 'costCubeRows',
    query: cube.costCubeRows('(unidentified)', { lines: [pick], orders: [enter] }, whole, { costed: true, products: true }),
    rows: [
      {
        customer_id: 'A',
        product_id: 'p',
        channel_id: 'edi',
        lines: 1,
        net_revenue: '100.0000',
        contribution: '40.0000',
        line_cost: '5.0000',
        order_cost_spread: '6.0000',
      },
      {
        customer_id: 'A',
        product_id: 'q',
        channel_id: 'edi',
        lines: 1,
        net_revenue: '50.0000',
        contribution: '20.0000',
        line_cost: '5.0000',
        order_cost_spread: '6.0000',
      },
      {
        customer_id: 'B',
        product_id: 'p',
        channel_id: 'web',
        lines: 2,
        net_revenue: '0.0000',
        contribution: '0.0000',
        line_cost: '5.0000',
        order_cost_spread: '12.0000',
      },
    ],
  },
  {
    of: 'costTotals',
    query: findings.costTotals(),
    rows: [
      {
        customers: 2,
        judged: 2,
        losing: 1,
        turned: 0,
        losses: '-17.0000',
        robust: 2,
        open: 0,
        cost_to_serve: '39.0000',
        net_revenue: '150.0000',
        profit: '21.0000',
        capital_charge: null,
      },
    ],
  },
  {
    of: 'losingGiant',
    when: 'nobody with a contribution loses',
    query: findings.losingGiant(10),
    rows: [],
  },
  {
    of: 'quietEarner',
    query: findings.quietEarner(2),
    rows: [
      {
        customer_id: 'A',
        name: 'Alder',
        revenue_place: 1,
        net_revenue: '150.0000',
        customer_profit: '38.0000',
        profit_rank: 1,
        cost_to_serve_share: 22 / 150,
      },
    ],
  },
  {
    of: 'matrixCustomers',
    query: whatIf.matrixCustomers(),
    ordered: true,
    rows: [
      { customer_key: 1, profit: 380_000 },
      { customer_key: 2, profit: -170_000 },
    ],
  },
  {
    of: 'matrixActivity',
    query: whatIf.matrixActivity('pick'),
    ordered: true,
    rows: [
      { customer_key: 1, cost: 100_000, minutes: 10 },
      { customer_key: 2, cost: 50_000, minutes: 5 },
    ],
  },
  { of: 'customersByKey', query: whatIf.customersByKey([2, 9]), rows: [{ ...customerB, name: 'Birch' }] },
  {
    of: 'ledgerAccounts',
    query: whatIf.ledgerAccounts(),
    rows: [
      { account: '1', cost_centre: 'DESK' },
      { account: '2', cost_centre: 'STORE' },
    ],
  },
  { of: 'ledgerWindow', query: whatIf.ledgerWindow(), rows: [{ first_period: '2024-01', last_period: '2024-02' }] },
]

/** Sums of floats differ by their order in the last digit. */
function expectClose(value: number): never {
  return { asymmetricMatch: (other: unknown) => Math.abs(Number(other) - value) < 1e-9, toString: () => `about ${value}` } as never
}

checkSql(() => run.warehouse, cases)
checkAllCovered([ledger, tables, facts, allocation, results, cube, findings, whatIf], cases, [
  'periodOf',
  'inSpan',
  'minutesColumns',
  'minutesOf',
  'eventsOf',
  'costOf',
  'moversOf',
])
