import type { Random } from '../math/random.ts'
import { dateOf, fromCents } from './csv.ts'

/** What the cost model needs to know of an account. */
export interface ServedAccount {
  id: string
  segment: string
  currency: string
  /** First and last day as a customer. */
  from: number
  to: number
}

/** The account that everybody loves to serve: visits and technicians come whenever it calls. */
export const servedGiant = 'ACC-1081'

type Cells = (string | number | null)[]

const months = Array.from({ length: 30 }, (_, m) => `${2024 + Math.floor((m + 3) / 12)}-${String(((m + 3) % 12) + 1).padStart(2, '0')}`)

/** Account, cost centre, monthly amount, currency, why it stays out. */
const ledgerAccounts: [string, string, number, string, string | null][] = [
  ['4100', 'SALES', 118_000, 'EUR', null],
  ['4110', 'ORDER DESK', 85_000, 'EUR', null],
  ['4120', 'SALES UK', 29_000, 'GBP', null],
  ['4200', 'WAREHOUSE', 130_000, 'EUR', null],
  ['4210', 'WAREHOUSE', 52_000, 'EUR', null],
  ['4300', 'FREIGHT', 67_000, 'EUR', null],
  ['4400', 'SERVICE', 72_000, 'EUR', null],
  ['4500', 'ADMIN', 95_000, 'EUR', null],
  ['4600', 'IT', 42_000, 'EUR', null],
  ['4700', 'FINANCE', 15_000, 'EUR', 'Interest'],
  ['4800', 'MARKETING', 30_000, 'EUR', null],
]

export const ledgerHeader = ['entry_id', 'period', 'account', 'cost_centre', 'amount', 'currency', 'excluded_reason']

/** The ledger by month and account. */
export function* ledgerRows(random: Random): Generator<Cells> {
  for (const period of months)
    for (const [account, centre, monthly, currency, excluded] of ledgerAccounts)
      yield [
        `${period}-${account}`,
        period,
        account,
        centre,
        Math.round(monthly * (0.94 + 0.12 * random.next()) * 100) / 100,
        currency,
        excluded,
      ]
}

/** Pool, title, level, unit, practical and theoretical capacity a month, incremental share. */
const pools: [string, string, string, string | null, number | null, number | null, number | null][] = [
  ['desk', 'Order desk', 'order', 'min', 96_000, 117_000, 0],
  ['store', 'Warehouse', 'line', 'min', 51_000, 64_000, 0],
  ['freight', 'Freight', 'order', 'shipment', 850, 1_000, 1],
  ['field', 'Field sales', 'customer', 'min', 41_000, 51_000, 0],
  // The idle pool: technicians were hired for a product that hardly needs them any more.
  ['service', 'Technical service', 'customer', 'min', 62_000, 76_000, 0],
  ['channels', 'Sales channels', 'channel', 'min', 700, 900, 0],
  ['fairs', 'Trade fairs and catalogue', 'segment', null, null, null, null],
  ['hr', 'Human resources', 'service', null, null, null, null],
  ['it', 'Information systems', 'service', null, null, null, null],
  ['house', 'The house', 'business', null, null, null, null],
]

export const poolHeader = [
  'pool_id',
  'period',
  'title',
  'level',
  'capacity_unit',
  'practical_capacity',
  'theoretical_capacity',
  'incremental_share',
]

/** Capacity month by month: two fewer working days in December. */
export function poolRows(): Cells[] {
  return months.flatMap((period) => {
    const worked = period.endsWith('-12') ? 0.9 : 1
    return pools.map(([id, title, level, unit, practical, theoretical, incremental]) => [
      id,
      period,
      title,
      level,
      unit,
      practical === null ? null : Math.round(practical * worked),
      theoretical,
      incremental,
    ])
  })
}

const shares: [string, string, Record<string, number>][] = [
  ['4100', 'SALES', { field: 1 }],
  ['4110', 'ORDER DESK', { desk: 1 }],
  ['4120', 'SALES UK', { field: 1 }],
  ['4200', 'WAREHOUSE', { store: 1 }],
  ['4210', 'WAREHOUSE', { store: 0.85, house: 0.15 }],
  ['4300', 'FREIGHT', { freight: 1 }],
  ['4400', 'SERVICE', { service: 1 }],
  ['4500', 'ADMIN', { hr: 0.3, house: 0.7 }],
  ['4600', 'IT', { it: 1 }],
  ['4800', 'MARKETING', { fairs: 1 }],
]

export const assignmentHeader = ['account', 'cost_centre', 'pool_id', 'period', 'share']

/** Which share of each account goes to which pool. */
export function assignmentRows(): Cells[] {
  return months.flatMap((period) =>
    shares.flatMap(([account, centre, parts]) => Object.entries(parts).map(([pool, share]) => [account, centre, pool, period, share])),
  )
}

const flows: Record<string, Record<string, number>> = {
  it: { desk: 0.35, store: 0.2, channels: 0.25, hr: 0.05, house: 0.15 },
  hr: { it: 0.1, desk: 0.25, store: 0.35, field: 0.2, service: 0.1 },
}

export const flowHeader = ['from_pool', 'to_pool', 'period', 'share']

/** Information systems and human resources serve each other, too. */
export function flowRows(): Cells[] {
  return months.flatMap((period) =>
    Object.entries(flows).flatMap(([from, parts]) => Object.entries(parts).map(([to, share]) => [from, to, period, share])),
  )
}

export const activityHeader = ['activity_id', 'title', 'pool_id', 'object_level', 'time_equation']

/** What people and machines do, and how long it takes. */
export const activityRows: Cells[] = [
  [
    'enter',
    'Enter and confirm orders',
    'desk',
    'order',
    'if(channel = "edi", 30 + 3 * lines, if(channel = "web shop", 45 + 6 * lines, 110 + 22 * lines))',
  ],
  ['complain', 'Settle complaints', 'desk', 'order', '60 * returned_lines'],
  ['pick', 'Pick and pack', 'store', 'line', 'if(returned, 0, 14 + 0.06 * units)'],
  ['return', 'Take back', 'store', 'line', 'if(returned, 45, 0)'],
  ['ship', 'Ship', 'freight', 'order', 'if(units > 0, 0.8 + 0.001 * units, 0)'],
  ['visit', 'Visit', 'field', 'customer', '90 + 1.2 * distance_km'],
  ['repair', 'Technician on site', 'service', 'customer', '40 + 25 * machines + 1.1 * distance_km'],
  ['run', 'Run the channel', 'channels', 'channel', 'if(channel = "web shop", 3000, if(channel = "edi", 1500, 300)) + 0.5 * orders'],
]

export const eventHeader = ['event_id', 'activity_id', 'date', 'customer_id', 'drivers', 'observed_minutes']

const visitsPerMonth: Record<string, number> = { key: 2, core: 0.8, tail: 0.25 }
const repairsPerMonth: Record<string, number> = { key: 0.8, core: 0.35, tail: 0.1 }

/** Visits and technicians, with the minutes that somebody noted in one of three cases. */
export function* eventRows(random: Random, accounts: readonly ServedAccount[]): Generator<Cells> {
  let number = 0
  for (const account of accounts) {
    const own = random.split(account.id)
    const distance = Math.round(15 + 180 * own.next())
    const loved = account.id === servedGiant
    const kinds: [string, number, (noted: Random) => [Record<string, number>, number]][] = [
      ['visit', loved ? 16 : (visitsPerMonth[account.segment] ?? 0.3), () => [{ distance_km: distance }, 90 + 1.2 * distance]],
      [
        'repair',
        loved ? 44 : (repairsPerMonth[account.segment] ?? 0.1),
        (noted) => {
          const machines = 1 + noted.integer(loved ? 6 : 4)
          return [{ machines, distance_km: distance }, 40 + 25 * machines + 1.1 * distance]
        },
      ],
    ]
    for (const [activity, rate, make] of kinds) {
      let day = account.from
      for (;;) {
        day += own.exponential(rate / 30.4)
        if (day > account.to) break
        const [drivers, minutes] = make(own)
        const noted = own.next() < 0.33 ? Math.max(5, Math.round(minutes * Math.exp(0.18 * own.normal()))) : null
        yield [
          `EV-${String(++number).padStart(6, '0')}`,
          activity,
          dateOf(Math.floor(day)).split('-').reverse().join('.'),
          account.id,
          JSON.stringify(drivers),
          noted,
        ]
      }
    }
  }
}

export const balanceHeader = ['customer_id', 'period', 'avg_receivable', 'capital_rate']

/** Receivables in the reporting currency: some pay late. */
export function* balanceRows(
  random: Random,
  accounts: readonly ServedAccount[],
  revenueCents: ReadonlyMap<string, number>,
): Generator<Cells> {
  for (const account of accounts) {
    const own = random.split(account.id)
    const days = own.next() < 0.2 ? 95 : 30 + own.integer(25)
    const active = Math.max(30, account.to - account.from)
    const daily = (revenueCents.get(account.id) ?? 0) / active
    for (const period of months) {
      const cents = Math.round(daily * days * (0.85 + 0.3 * own.next()))
      if (cents > 0) yield [account.id, period, fromCents(cents), 0.08]
    }
  }
}
