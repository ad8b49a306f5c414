import { contractTable } from './contract-table.ts'

const period = ['month', 'Monat', 'Periode', 'mois', 'période', 'mes', 'período']
const pool = ['pool', 'cost pool', 'resource pool', 'Kostenpool', 'Ressource']
const share = ['part', 'fraction', 'percentage', 'Anteil', 'parte']
const types = { period: 'month' } as const

/** Groups of resources with their capacity, month by month. */
export const costPools = contractTable({
  id: 'cost-pools',
  title: 'Cost pools',
  table: 'cost_pool',
  aliases: {
    pool_id: pool,
    period,
    level: ['cost level', 'object level', 'Ebene', 'niveau'],
    practical_capacity: ['capacity', 'capacity minutes', 'Kapazität', 'capacité', 'capacidad'],
    capacity_unit: ['unit', 'Einheit', 'unité', 'unidad'],
  },
  types,
  signature: [['pool_id', 'period', 'level']],
  names: /pool|capacity|kapaz/,
})

/** Which share of an account goes to which pool. */
export const poolAssignments = contractTable({
  id: 'pool-assignments',
  title: 'Pool assignment',
  table: 'pool_assignment',
  aliases: {
    account: ['account number', 'account no', 'gl account', 'Konto', 'Sachkonto', 'compte', 'cuenta'],
    cost_centre: ['cost center', 'Kostenstelle', 'centre de coûts', 'centro de coste'],
    pool_id: pool,
    period,
    share,
  },
  types: { ...types, account: 'id', cost_centre: 'id' },
  signature: [['account', 'pool_id', 'period', 'share']],
  names: /assign|pool|zuordnung/,
})

/** What pools do for one another. */
export const serviceFlows = contractTable({
  id: 'service-flows',
  title: 'Service flows',
  table: 'service_flow',
  aliases: { from_pool: ['from', 'sender', 'von'], to_pool: ['to', 'receiver', 'an'], period, share },
  types: { ...types, from_pool: 'id', to_pool: 'id' },
  signature: [['from_pool', 'to_pool', 'period']],
  names: /flow|service/,
})

/** What people and machines do for customers, with the time it takes. */
export const activities = contractTable({
  id: 'activities',
  title: 'Activities',
  table: 'activity',
  aliases: {
    activity_id: ['activity', 'Aktivität', 'activité', 'actividad'],
    pool_id: pool,
    object_level: ['level', 'Ebene', 'niveau'],
    time_equation: ['equation', 'minutes', 'Zeitgleichung'],
  },
  types: { object_level: 'id' },
  signature: [['activity_id', 'pool_id', 'time_equation']],
  names: /activit|aktivit/,
})

/** When an activity happened, and what made it long. */
export const driverEvents = contractTable({
  id: 'driver-events',
  title: 'Driver events',
  table: 'driver_event',
  aliases: {
    event_id: ['event', 'ticket', 'id'],
    activity_id: ['activity', 'Aktivität', 'activité'],
    date: ['event date', 'Datum', 'fecha'],
    order_id: ['order', 'order number', 'Auftrag'],
    customer_id: ['customer', 'customer number', 'Kunde', 'client'],
    drivers: ['driver values', 'Treiber'],
    observed_minutes: ['minutes', 'duration', 'Dauer', 'Minuten', 'durée'],
  },
  signature: [['event_id', 'activity_id', 'date']],
  names: /event|driver|ticket|timesheet/,
})

/** Money that a customer ties up, month by month. */
export const balances = contractTable({
  id: 'balances',
  title: 'Balances',
  table: 'balance',
  aliases: {
    customer_id: ['customer', 'customer number', 'Kunde', 'client'],
    period,
    avg_receivable: ['average receivable', 'receivable', 'receivables', 'Forderungen', 'créances'],
    avg_dedicated_inventory: ['dedicated inventory', 'dedicated stock', 'Bestand'],
    capital_rate: ['cost of capital', 'Kapitalkosten'],
  },
  types,
  signature: [
    ['customer_id', 'period', 'avg_receivable'],
    ['customer_id', 'period', 'avg_dedicated_inventory'],
  ],
  names: /balance|receivable|forderung/,
})
