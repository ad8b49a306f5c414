import { z } from 'zod'

const share = z.number().meta({ description: '0 to 1.' })
const range = z
  .number()
  .min(0)
  .max(0.9)
  .optional()
  .meta({ description: 'How far it may be wrong, up or down, as a fraction; left out, that of `ranges` holds.' })

/** What may stand under `steps.costing` in clientele.yaml; left out, the starter template makes a first model from the ledger. */
export const costModelSchema = z.strictObject({
  pools: z
    .array(
      z.strictObject({
        id: z.string().min(1).meta({ description: 'Name of the pool.' }),
        title: z.string().optional(),
        level: z.enum(['line', 'order', 'customer', 'channel', 'segment', 'business', 'service']).meta({
          description:
            'Where its cost is caused; channel, segment and business (business-sustaining) cost is never pushed down to customers, service pools pass all on.',
        }),
        unit: z.string().min(1).default('min').meta({ description: 'What its capacity is measured in.' }),
        capacity: z
          .number()
          .optional()
          .meta({ description: 'Practical capacity in the whole window of the ledger, in the unit of the pool.' }),
        capacityPerMonth: z.number().optional().meta({ description: 'The same for one month; one of the two.' }),
        incremental: share.default(0).meta({
          description: 'Share of its rate that is paid only for what is used (freight 1, salaries 0): the base of short-run floors.',
        }),
        range,
        passesTo: z.record(z.string(), share).default({}).meta({ description: 'Shares of its work that other pools use.' }),
      }),
    )
    .default([]),
  accounts: z
    .array(
      z.strictObject({
        account: z.string().optional().meta({ description: 'Account number; left out: any.' }),
        costCentre: z.string().optional().meta({ description: 'Cost centre; left out: any.' }),
        pools: z.record(z.string(), share).meta({ description: 'Shares by pool; they sum to 1.' }),
      }),
    )
    .default([]),
  excluded: z
    .array(z.strictObject({ account: z.string().optional(), costCentre: z.string().optional(), reason: z.string().min(1) }))
    .default([])
    .meta({ description: 'Accounts or cost centres that stay out by name: financing, tax, one-offs.' }),
  activities: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        title: z.string().optional(),
        pool: z.string(),
        level: z.enum(['line', 'order', 'customer', 'channel', 'segment']),
        from: z
          .enum(['orders', 'events'])
          .default('orders')
          .meta({ description: 'What makes it happen: order facts, or rows of the table driver_event.' }),
        minutes: z.string().meta({ description: 'Time equation: `8 + 2 * lines + if(returned_lines > 0, 15, 0)`.' }),
        range,
      }),
    )
    .default([]),
  ratesPer: z.enum(['window', 'year', 'quarter', 'month']).default('window').meta({
    description: 'For which span a capacity cost rate holds: the whole window of the ledger, or each calendar year, quarter or month.',
  }),
  foreignLedger: z.enum(['average', 'closing']).default('average').meta({
    description:
      'Rate for ledger entries in another currency: the mean of the days of their month that have one, or the last of the month.',
  }),
  unusedCapacity: z
    .enum(['apart', 'spread'])
    .default('apart')
    .meta({ description: '`spread` loads idle time on customers. It starts the death spiral, and the run warns.' }),
  capitalRate: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'Cost of capital per year for balances that give none, as a fraction.' }),
  ranges: z
    .strictObject({ rates: z.number().min(0).max(0.9).default(0.1), equations: z.number().min(0).max(0.9).default(0.1) })
    .prefault({})
    .meta({
      description: 'How far rates of pools and time equations may be wrong, up or down, as fractions: verdicts are made with them.',
    }),
  draws: z.number().int().min(100).max(20_000).default(1000).meta({ description: 'Random draws behind the probability of a loss.' }),
  mostCells: z
    .number()
    .int()
    .min(0)
    .default(2_000_000)
    .meta({ description: 'Up to how many order lines the cube of customer, product and channel is made.' }),
})

export type CostModelSettings = z.infer<typeof costModelSchema>
export type PoolSettings = CostModelSettings['pools'][number]
export type ActivitySettings = CostModelSettings['activities'][number]
export type AccountSettings = CostModelSettings['accounts'][number]
