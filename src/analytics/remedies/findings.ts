import type { StepContext } from '../../pipeline/step.ts'
import { formatCount, formatCounted, formatMoney, formatRange } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { type Patient, type Proposal, reasonFor } from './plan.ts'
import type { RemediesParameters } from './rules.ts'
import type { Simulated } from './simulate.ts'

export interface SaidRemedies {
  listed: readonly { item: { title: string; scope: string; kind: string; evidence: string }; found: Simulated }[]
  totals: readonly Row[]
  plans: readonly { patient: Patient; proposals: Proposal[] }[]
  patients: number
  part: number
  parameters: RemediesParameters
}

/** What the remedies come to. */
export function sayRemedies({ finding, figure, currency }: StepContext<RemediesParameters>, said: SaidRemedies): void {
  const money = (value: number) => formatMoney(value, currency, { compact: true })
  const band = ({ low, high }: { low: number; high: number }) => `90 % of guesses ${formatRange(money(low), money(high))}`
  const sum = said.totals.reduce((total, row) => total + Number(row.value), 0)
  figure({
    name: 'worklist_value',
    title: 'Value of the worklist',
    value: said.listed.length > 0 ? sum.toFixed(4) : null,
    type: 'money',
    unit: 'a year',
    meaning: 'What all items of the worklist together are expected to bring a year once the horizon has passed, if the judgements hold.',
    formula: 'sum of the values of the items; no money stands twice',
    ...(said.listed.length > 0 ? {} : { missing: 'No cost-to-serve to work on.' }),
  })
  const first = said.listed.find(({ item }) => item.scope === 'house')
  if (first) {
    const inside = said.totals.find((row) => row.remedy === 'look-inside')!
    finding({
      name: 'look-inside-first',
      text: `Our own processes come first: a tenth fewer minutes would bring ${money(Number(inside.value))} a year, most of it in ${first.item.title.replace(/^Look inside: /, '')} (${money(first.found.value)}).`,
      doubt: `${band(first.found)}; that a tenth can be saved is a judgement, not measured. ${money(Number(inside.stranded))} would be stranded.`,
      action: 'Operations: walk through the process before anybody talks to a customer.',
      weight: 58,
      kind: 'neutral',
      link: '/worklist',
    })
  }
  const losers = said.plans.filter(({ patient }) => reasonFor(patient) === 'loss')
  if (losers.length > 0) {
    const turned = losers.filter(({ proposals }) => proposals.some(({ after, kind }) => after >= 0 && kind !== 'exit'))
    const parting = losers.filter(({ proposals }) => proposals.some(({ kind }) => kind === 'exit'))
    const kept = losers.length - turned.length - parting.length
    const largest = [...losers].sort((a, b) => a.patient.profit - b.patient.profit)[0]!
    finding({
      name: 'loss-makers-turned',
      text:
        `${formatCount(turned.length)} of ${formatCounted(losers.length, 'loss maker')} would turn profitable by remedies short of parting` +
        (parting.length > 0 ? `; ${formatCount(parting.length)} must pay full cost or go` : '') +
        (kept > 0 ? `; ${formatCount(kept)} stay below zero but pay for more than the cost that would go with them` : '') +
        '.',
      doubt: `The largest loss is ${largest.patient.name} (${money(largest.patient.profit)} a year): ${largest.proposals.length === 0 ? 'nothing to work on' : largest.proposals.map(({ kind }) => kind.replaceAll('-', ' ')).join(', then ')}.`,
      action: 'Account management: take them in this order, and look at each result before the next.',
      weight: 60,
      kind: turned.length === losers.length ? 'good' : 'neutral',
      link: '/worklist?where=scope:eq:customer',
      customers: [largest.patient.id],
    })
  }
}
