import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'

/** Remedies in the order in which they are tried: our own house first, parting last. */
export const remedyKinds = ['look-inside', 'customer-process', 'menu-pricing', 'minimum-order', 'mix-and-price', 'channel', 'exit'] as const
export type RemedyKind = (typeof remedyKinds)[number]

/** A judged quantity: at least, most likely, at most. */
const judged = z
  .strictObject({ low: z.number().min(0).max(1), likely: z.number().min(0).max(1), high: z.number().min(0).max(1) })
  .refine(({ low, likely, high }) => low <= likely && likely <= high, 'low, likely and high must rise')

export type Judged = z.infer<typeof judged>

const rule = z.strictObject({
  /** Chance that the customer goes along. */
  accept: z.number().min(0).max(1),
  /** Chance that it changes what it does instead of paying. */
  adapt: z.number().min(0).max(1),
  /** Chance that it leaves (of a minimum order: takes its small orders elsewhere). */
  defect: z.number().min(0).max(1),
  /** How much of what the remedy aims at is reached when it goes along. */
  effect: judged,
  /** The same when it adapts. */
  adaptEffect: judged,
  /** Share of the margin that is lost when it goes along: what a distributor takes. */
  marginLoss: judged,
  /** What the remedy costs once for each item, in the reporting currency. */
  oneOff: z.number().min(0),
  owner: z.string().min(1),
})

export type Rule = z.infer<typeof rule>

const none: Judged = { low: 0, likely: 0, high: 0 }

/** Judgements to begin with. They are ours, not measured: replace them by what your own tries taught. */
export const defaultRules: Record<RemedyKind, Rule> = {
  'look-inside': {
    accept: 1,
    adapt: 0,
    defect: 0,
    effect: { low: 0.05, likely: 0.1, high: 0.2 },
    adaptEffect: none,
    marginLoss: none,
    oneOff: 0,
    owner: 'Operations',
  },
  'customer-process': {
    accept: 0.5,
    adapt: 0,
    defect: 0,
    effect: { low: 0.25, likely: 0.5, high: 0.75 },
    adaptEffect: none,
    marginLoss: none,
    oneOff: 0,
    owner: 'Sales operations',
  },
  'menu-pricing': {
    accept: 0.45,
    adapt: 0.35,
    defect: 0.03,
    effect: { low: 0.5, likely: 0.8, high: 1 },
    adaptEffect: { low: 0.5, likely: 0.7, high: 0.9 },
    marginLoss: none,
    oneOff: 0,
    owner: 'Pricing',
  },
  'minimum-order': {
    accept: 0.35,
    adapt: 0.5,
    defect: 0.1,
    effect: { low: 0.3, likely: 0.5, high: 0.8 },
    adaptEffect: { low: 0.3, likely: 0.5, high: 0.7 },
    marginLoss: none,
    oneOff: 0,
    owner: 'Sales operations',
  },
  'mix-and-price': {
    accept: 0.55,
    adapt: 0.25,
    defect: 0.1,
    effect: { low: 0.1, likely: 0.3, high: 0.5 },
    adaptEffect: { low: 0.05, likely: 0.15, high: 0.25 },
    marginLoss: none,
    oneOff: 0,
    owner: 'Pricing',
  },
  channel: {
    accept: 0.7,
    adapt: 0,
    defect: 0.05,
    effect: { low: 0.3, likely: 0.5, high: 0.7 },
    adaptEffect: none,
    marginLoss: { low: 0, likely: 0.02, high: 0.05 },
    oneOff: 0,
    owner: 'Sales',
  },
  // The price that covers full cost comes before the farewell: some pay it.
  exit: {
    accept: 0.3,
    adapt: 0,
    defect: 0.7,
    effect: { low: 1, likely: 1, high: 1 },
    adaptEffect: none,
    marginLoss: none,
    oneOff: 0,
    owner: 'Management',
  },
}

export const remedyTitles: Record<RemedyKind, string> = {
  'look-inside': 'Look inside',
  'customer-process': 'Customer process',
  'menu-pricing': 'Menu pricing',
  'minimum-order': 'Minimum order',
  'mix-and-price': 'Mix and price',
  channel: 'Channel',
  exit: 'Price to full cost, or part',
}

const share = z.number().min(0).max(1)

export const remediesParameters = z.strictObject({
  /** Months after which the value per year is told: capacity is given up only after a while. */
  horizonMonths: z.number().min(0).max(120).default(12),
  /** Months until the later share of a pool's cost can be given up. */
  lagMonths: z.number().min(0).max(120).default(12),
  /** Share of a pool's cost that goes with its volume: at once and later. */
  avoidable: z.strictObject({ now: share, later: share }).default({ now: 0, later: 0.9 }),
  /** The same for single pools, and how capacity is stepped; freight goes at once unless said otherwise. */
  pools: z
    .array(
      z.strictObject({
        pool: z.string().min(1),
        now: share.optional(),
        later: share.optional(),
        /** Minutes of capacity of one step a year, such as one post, and what it costs. */
        stepMinutes: z.number().positive().optional(),
        stepCost: z.number().positive().optional(),
      }),
    )
    .default([]),
  /** What is judged otherwise than by default, by remedy. */
  rules: z.partialRecord(z.enum(remedyKinds), rule.partial()).default({}),
  /** An item of one customer must bring this much a year; smaller ones are gathered. auto: half a thousandth of a year's cost-to-serve. */
  smallestItem: z.union([z.literal('auto'), z.number().min(0)]).default('auto'),
  /** Items of single customers at most. */
  mostItems: z.number().int().min(1).max(5000).default(1000),
})

export type RemediesParameters = z.infer<typeof remediesParameters>

/** The rules with what the settings change. @throws AppError `remedies.reactions` where reactions exceed certainty. */
export function rulesOf(changes: RemediesParameters['rules']): Record<RemedyKind, Rule> {
  const rules = Object.fromEntries(remedyKinds.map((kind) => [kind, { ...defaultRules[kind], ...changes[kind] }])) as Record<
    RemedyKind,
    Rule
  >
  for (const kind of remedyKinds) {
    const { accept, adapt, defect } = rules[kind]
    if (!(accept + adapt + defect <= 1 + 1e-9)) {
      throw new AppError(
        'remedies.reactions',
        `accept, adapt and defect of ${kind} come to ${accept + adapt + defect}; together they must not exceed 1`,
        {
          hint: `mend steps.remedies.rules.${kind} in clientele.yaml; what is left of 1 stands for no reaction`,
        },
      )
    }
  }
  return rules
}
