import {
  drawGuesses,
  everybody,
  type Leverage,
  type RemedyKind,
  type Rule,
  remedyKinds,
  type Simulated,
  simulate,
} from '../analytics/remedies/index.ts'
import { createRandom } from '../math/random.ts'
import { MissingError, UsageError } from '../shared/errors.ts'
import { type Sql, sql } from '../warehouse/sql.ts'
import { contractIn, withSnapshot } from './open-snapshot.ts'
import { leverageSums } from './simulate-remedy.sql.ts'
import type { Workspace } from './workspace.ts'

/** What may be judged otherwise than the run did; what is left out stays. Shares as fractions. */
export interface RemedyTrial {
  remedy: string
  /** One customer; everybody the remedy is proposed to where absent. */
  customer?: string | undefined
  accept?: number | undefined
  adapt?: number | undefined
  defect?: number | undefined
  effect?: number | undefined
  adaptEffect?: number | undefined
  marginLoss?: number | undefined
  /** What it costs once for each customer. */
  oneOff?: number | undefined
  horizonMonths?: number | undefined
}

export interface RemedySimulation {
  remedy: string
  customer: string | null
  customers: number
  currency: string
  judgements: Required<Omit<RemedyTrial, 'remedy' | 'customer'>>
  /** As the run judged it. */
  published: Simulated
  /** With these judgements. */
  trial: Simulated
  /** Value with these judgements at other horizons. */
  horizons: { months: number; value: number; low: number; high: number; stranded: number }[]
}

const horizons = [0, 3, 6, 12, 24]

/** Tries a remedy with other judgements, on one customer or on all to whom it is proposed. Quick: values are linear in sums that the run kept. */
export async function simulateRemedy(workspace: Workspace, trial: RemedyTrial, snapshot?: string): Promise<RemedySimulation> {
  if (!remedyKinds.includes(trial.remedy as RemedyKind)) {
    throw new UsageError('remedy.unknown', `there is no remedy "${trial.remedy}"`, { hint: `Remedies are ${remedyKinds.join(', ')}.` })
  }
  return withSnapshot(workspace, snapshot, async (open) => {
    contractIn(open, 'customer_remedy')
    const { warehouse, manifest } = open
    const [rule] = await warehouse.rows(sql`select * from remedy where remedy = ${trial.remedy}`)
    const [sums] = await warehouse.rows(leverageSums(scopeOf(trial)))
    if (!rule || Number(sums.customers) === 0) {
      throw new MissingError(
        'remedy.not-proposed',
        `${trial.remedy} is not proposed${trial.customer ? ` for customer ${JSON.stringify(trial.customer)}` : ''}`,
        {
          hint: 'The worklist and the page of the customer say what is.',
        },
      )
    }
    const of = (name: string) => Number(rule[name])
    const judgements = {
      accept: trial.accept ?? of('accept'),
      adapt: trial.adapt ?? of('adapt'),
      defect: trial.defect ?? of('defect'),
      effect: trial.effect ?? of('effect'),
      adaptEffect: trial.adaptEffect ?? of('adapt_effect'),
      marginLoss: trial.marginLoss ?? of('margin_loss'),
      oneOff: trial.oneOff ?? of('one_off'),
      horizonMonths: trial.horizonMonths ?? of('horizon_months'),
    }
    checkJudgements(judgements)
    const customers = Number(sums.customers)
    const leverage = leverageOf(sums)
    const lag = of('lag_months')
    const part = (months: number) => (lag > 0 ? Math.min(1, months / lag) : 1)
    const width = { low: ratio(of('effect_low'), of('effect')), high: ratio(of('effect_high'), of('effect')) }
    const guesses = (rule: Rule) => drawGuesses(rule, createRandom(manifest.seed).split('remedies').split(trial.remedy))
    const run = guesses(ruleOf({ ...judgements, ...published(of) }, width))
    const tried = guesses(ruleOf(judgements, width))
    const at = (months: number) => simulate(tried, leverage, part(months), judgements.oneOff * customers)
    return {
      remedy: trial.remedy,
      customer: trial.customer ?? null,
      customers,
      currency: manifest.currency,
      judgements,
      published: simulate(run, leverage, part(of('horizon_months')), of('one_off') * customers),
      trial: at(judgements.horizonMonths),
      horizons: horizons.map((months) => ({ months, ...at(months) })),
    }
  })
}

const scopeOf = ({ remedy, customer }: RemedyTrial): Sql =>
  customer
    ? sql`remedy = ${remedy} and customer_id = ${customer}`
    : remedy === 'look-inside'
      ? sql`remedy = ${remedy} and customer_id = ${everybody}`
      : sql`remedy = ${remedy}`

const ratio = (a: number, b: number): number => (b > 0 ? a / b : 1)

const published = (of: (name: string) => number) => ({
  accept: of('accept'),
  adapt: of('adapt'),
  defect: of('defect'),
  effect: of('effect'),
  adaptEffect: of('adapt_effect'),
  marginLoss: of('margin_loss'),
})

type Judgements = RemedySimulation['judgements']

/** The judgement in its band: as wide, relative to its likely value, as the run's. */
function ruleOf(judged: Judgements, width: { low: number; high: number }): Rule {
  const within = (likely: number) => ({ low: Math.max(0, likely * width.low), likely, high: Math.min(1, likely * width.high) })
  const { accept, adapt, defect, effect, adaptEffect, marginLoss, oneOff } = judged
  return {
    accept,
    adapt,
    defect,
    effect: within(effect),
    adaptEffect: within(adaptEffect),
    marginLoss: within(marginLoss),
    oneOff,
    owner: '',
  }
}

function checkJudgements(judged: Judgements): void {
  const shares = ['accept', 'adapt', 'defect', 'effect', 'adaptEffect', 'marginLoss'] as const
  for (const name of shares) {
    const value = judged[name]
    if (!(value >= 0 && value <= 1)) {
      throw new UsageError('remedy.share', `${name} must be between 0 and 1; got ${value}`, {
        ...(value > 1 && value <= 100 ? { hint: `Did you mean ${value / 100}?` } : {}),
      })
    }
  }
  const reactions = judged.accept + judged.adapt + judged.defect
  if (!(reactions <= 1 + 1e-9)) {
    throw new UsageError(
      'remedy.reactions',
      `accept, adapt and defect come to ${Number(reactions.toFixed(4))}; together they must not exceed 1`,
      {
        hint: 'What is left of 1 stands for no reaction.',
      },
    )
  }
  if (!(judged.oneOff >= 0)) throw new UsageError('remedy.one-off', `the one-off cost must not be negative; got ${judged.oneOff}`)
  if (!(judged.horizonMonths >= 0 && judged.horizonMonths <= 120)) {
    throw new UsageError('remedy.horizon', `the horizon must be between 0 and 120 months; got ${judged.horizonMonths}`)
  }
}

function leverageOf(sums: Record<string, unknown>): Leverage {
  const of = (name: string) => Number(sums[name])
  const cost = (name: string) => ({ full: of(`${name}_full`), now: of(`${name}_now`), later: of(`${name}_later`) })
  return {
    fee: of('fee'),
    saved: cost('saved'),
    adapted: cost('adapted'),
    adaptedFee: of('adapted_fee'),
    margin: of('margin'),
    lostMargin: of('lost_margin'),
    lost: cost('lost'),
  }
}
