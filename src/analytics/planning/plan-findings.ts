import type { StepContext } from '../../pipeline/step.ts'
import { formatMoney } from '../../shared/format.ts'
import type { CustomerActionSummary } from './customer-actions.ts'
import type { LeverItem } from './levers.ts'
import { assumedBudgetShare, type PlanInput, type ShownLimit } from './plan-input.ts'
import { itemSlope } from './plan-problem.ts'
import type { Doubt, OutcomeSpread } from './robust-plan.ts'
import type { Plan } from './solve-plan.ts'

export interface PlanOptionOutcome {
  option: string
  outcome: OutcomeSpread
  effort: Float64Array
  regret: number
  row: Record<string, string | number | null>
}

interface Said {
  items: readonly LeverItem[]
  plan: Plan
  doubt: Doubt
  outcomes: readonly PlanOptionOutcome[]
  limits: readonly ShownLimit[]
  input: PlanInput
  byCustomer: CustomerActionSummary
  guardrails: readonly { flagged: boolean; detail: string; subject: string; guardrail: string }[]
}

const percent = (share: number): string => `${Math.round(100 * share)} %`

/** Key figures and findings of a plan. */
export function sayPlan({ currency, figure, finding, check }: StepContext<unknown>, said: Said): void {
  const { items, plan, doubt, outcomes, limits, input, byCustomer, guardrails } = said
  const cash = (value: number) => formatMoney(value.toFixed(4), currency)
  const recommended = outcomes.find(({ option }) => option === 'recommended')!
  const spent = plan.effort.reduce((sum, x) => sum + x, 0)
  const scarce = limits
    .map((limit, r) => ({ ...limit, price: plan.shadowPrices[r]! }))
    .filter(({ unit, row }) => unit === 'money' && row.upper < Infinity)
  const nextUnit = 1 + Math.max(0, ...scarce.map(({ price }) => price))
  const assumed = items.every(({ basis }) => basis === 'assumption')
  const doubtText = assumed
    ? 'All response curves are assumptions until somebody judges or tests them; scenarios vary their reach and cost by a factor of two.'
    : `${items.filter(({ basis }) => basis === 'judgement').length} of ${items.length} curves rest on judgement, the rest on assumptions.`
  figure({
    name: 'plan_value',
    title: 'Value of the investment plan',
    value: recommended.outcome.mean.toFixed(4),
    type: 'money',
    unit: currency,
    low: recommended.outcome.low,
    high: recommended.outcome.high,
    interval: '5 % and 95 % points over the scenarios',
    meaning: `Present value, net of the money, of spending ${cash(spent)} in the coming period on acquiring, converting, leveraging and defending. ${doubtText}`,
    formula: 'mean over scenarios of the sum of worth x added response, less the money',
    explain: { table: 'plan_option', where: { option: 'recommended' }, column: 'value' },
  })
  figure({
    name: 'plan_next_unit',
    title: 'One more unit of budget brings',
    value: nextUnit,
    type: 'number',
    unit: `${currency} per ${currency}`,
    meaning: 'Present value of the next unit of money at the best place for it; below 1 it is not worth spending.',
    formula: 'shadow price of the budget + 1',
  })
  const ranked = items.map((item, i) => ({ item, i, effort: plan.effort[i]! })).sort((a, b) => b.effort - a.effort)
  const [first] = ranked
  if (first && first.effort > 0)
    finding({
      name: 'plan-first',
      text: `${cash(first.effort)} of ${cash(spent)} belong into "${first.item.title}"; the plan as a whole is worth ${cash(recommended.outcome.mean)} (${cash(recommended.outcome.low)} to ${cash(recommended.outcome.high)}).`,
      doubt: `${doubtText} ${percent(recommended.outcome.losing)} of the scenarios end below doing nothing.`,
      action: 'Marketing and sales: go through the plan and judge the curves that matter most.',
      weight: 70,
      kind: 'good',
      link: '/plan',
    })
  else
    finding({
      name: 'plan-nothing-pays',
      text: `No lever brings back its money: the best first unit brings ${Math.max(0, ...items.map((item) => itemSlope(item, item.most * 1e-6, 0))).toFixed(2)}.`,
      doubt: doubtText,
      action: 'Judge the response curves with people who know the customers, before anything is spent or dropped.',
      weight: 50,
      kind: 'neutral',
      link: '/plan',
    })
  const most = [...items.keys()].sort((a, b) => doubt.knowing[b]! - doubt.knowing[a]!)[0]!
  if (doubt.knowing[most]! > 0)
    finding({
      name: 'plan-test-first',
      text: `Find out first how customers answer to "${items[most]!.title}": knowing it before deciding is worth ${cash(doubt.knowing[most]!)}, knowing everything ${cash(doubt.perfectInformation)}.`,
      action: 'Marketing: run a test with a control group from the money kept for tests.',
      weight: 55,
      kind: 'neutral',
      link: '/plan',
    })
  const today = outcomes.find(({ option }) => option === 'today')
  if (today && today.regret > 0)
    finding({
      name: 'plan-regret',
      text: `Today's allocation is worth ${cash(today.regret)} less than the recommended one.`,
      doubt: doubtText,
      weight: 65,
      kind: 'bad',
      link: '/plan',
    })
  for (const { basis } of scarce.slice(0, 1))
    if (basis === 'assumption')
      finding({
        name: 'plan-budget-assumed',
        text: `No budget is known: the plan assumes ${percent(assumedBudgetShare)} of the revenue of a period of ${input.months} months.`,
        action: 'Load a table of budgets, or set steps.investment-plan.budget in clientele.yaml.',
        weight: 20,
        kind: 'data',
        link: '/plan',
      })
  const wasted = items.map((item) => ({ item, at: itemSlope(item, item.today, 0) })).filter(({ item, at }) => item.today > 0 && at < 1)
  for (const { item, at } of wasted.slice(0, 2))
    finding({
      name: 'plan-overspent',
      text: `The last unit spent today on "${item.title}" brings ${at.toFixed(2)}: less than itself.`,
      weight: 60,
      kind: 'bad',
      link: '/plan',
    })
  for (const { detail, guardrail } of guardrails.filter(({ flagged }) => flagged).slice(0, 3))
    finding({
      name: guardrail === 'observed upgrades' ? 'plan-ugly-duckling' : 'plan-unequal-treatment',
      text: `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`,
      action:
        guardrail === 'observed upgrades'
          ? 'Ask what would make customers move up more often than ever seen, and test it first.'
          : 'Check that the difference has a reason other than who they are.',
      weight: 45,
      kind: 'bad',
      link: '/plan',
    })
  check({
    name: 'plan-gap',
    title: 'The plan is the best within its limits',
    status: plan.gap < 1e-3 && byCustomer.gap < 1e-2 ? 'pass' : 'warn',
    blocking: false,
    detail: `No allocation of these curves within these limits is worth more than ${percentFine(plan.gap)} above the plan; no choice of actions by customer more than ${percentFine(byCustomer.gap)} above the one given.`,
  })
}

const percentFine = (part: number): string => `${(100 * part).toPrecision(2)} %`

export function sayNoPlan({ finding }: StepContext<unknown>, reason: string): void {
  finding({
    name: 'plan-none',
    text: `There is no investment plan: ${reason}.`,
    action: 'Load orders over more periods; see what is missing on the data page.',
    weight: 15,
    kind: 'data',
    link: '/data',
  })
}
