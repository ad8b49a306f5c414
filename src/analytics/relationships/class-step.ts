import { createRandom } from '../../math/random.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { compareDecimals } from '../../shared/decimal.ts'
import { formatCount, formatMoney, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import { cellsOfCodes, fitLevels, type LevelTrial } from './class-model.ts'
import { type ClassParameters, classParameters } from './class-parameters.ts'
import { classesOfStates, classPath, letters } from './classify.ts'
import {
  classTables,
  customerRelationship,
  relationshipClasses,
  relationshipModel,
  relationshipPeriod,
  relationshipState,
} from './contract.ts'
import { filteredStates } from './hidden-markov.ts'
import * as query from './panel.sql.ts'
import { type PanelPeriods, panelPeriods } from './periods.ts'

/** From orders, and from scores where there are any, to the class of each customer. */
export const relationshipClassStep: Step<ClassParameters> = {
  name: 'relationship-classes',
  title: 'Relationship by customer',
  reads: ['order_line', 'order', 'customer_profit', 'layer'],
  readsIfPresent: ['customer', 'relationship_attr', 'survey_response', 'survey_item'],
  writes: classTables,
  unlock: 'Load orders with customer ids over at least three months, better two years.',
  parameters: classParameters,
  run: writeClasses,
}

const fewestPeriods = 3
const fewestCustomers = 30
const mostSegments = 12

/** Works on the relations customer_day and customer_orders that step contribution-layers left in the warehouse. */
async function writeClasses(context: StepContext<ClassParameters>): Promise<void> {
  const { warehouse, signal, asOf, parameters } = context
  const { dialect } = warehouse
  const [span] = await warehouse.rows(query.orderSpan(asOf), { signal })
  if (span!.last_day === null) return refuse(context, 'no order with a sale names a customer', null)
  const lastDay = String(span!.last_day)
  const panel = panelPeriods(String(span!.first_day), lastDay, parameters.periodMonths)
  const count = panel.periods.length
  if (count < fewestPeriods)
    return refuse(
      context,
      `the orders hold ${count === 0 ? 'no whole period' : count === 1 ? 'one whole period' : 'two whole periods'} of ${panel.months} ${panel.months === 1 ? 'month' : 'months'}; at least ${fewestPeriods} are needed to tell a class from behaviour, and two to see a movement`,
      panel,
    )
  if (Number(span!.customers) < fewestCustomers)
    return refuse(
      context,
      `only ${span!.customers} customers have bought; at least ${fewestCustomers} are needed to learn levels of buying`,
      panel,
    )

  await warehouse.materialise('relationship_activity', query.activity(asOf, panel.periods), { signal })
  await warehouse.materialise('relationship_history', query.histories(count), { signal })
  const tables = { attributes: context.has('relationship_attr'), survey: context.has('survey_response') && context.has('survey_item') }
  await warehouse.materialise('relationship_score', query.scores(dialect, asOf, tables), { signal })
  const segments = (await warehouse.rows(query.segmentSizes(mostSegments), { signal })).map(({ segment }) => String(segment))
  await warehouse.materialise('relationship_panel', query.panel(segments), { signal })
  await warehouse.materialise('relationship_cell', query.cells(), { signal })
  context.progress(0.3)

  const found = await warehouse.columns(query.cellColumns(), { signal })
  const cells = cellsOfCodes(found.code as string[], found.customers as Float64Array, found.known_before as Float64Array)
  const { trials, best } = fitLevels(cells, parameters.states, createRandom(context.seed).split('relationship'))
  context.progress(0.7)
  const stateClasses = classesOfStates(best.fit.model)
  const filtered = filteredStates(best.fit.model, cells)
  const K = best.states
  const score = (name: string, i: number): number | undefined => {
    const value = (found[name] as Float64Array)[i]!
    return value >= 0 ? value : undefined
  }
  const paths: string[] = []
  const chances = relationshipClasses.map(() => new Float64Array(cells.weight.length))
  for (let i = 0; i < cells.weight.length; i++) {
    const scores = {
      trust: score('trust', i),
      wallet: score('wallet', i),
      commitment: score('commitment', i),
      customisation: score('customisation', i),
    }
    const { path, last } = classPath(
      filtered.subarray(cells.offsets[i]! * K, cells.offsets[i + 1]! * K),
      stateClasses,
      scores,
      cells.start[i] === 0,
    )
    paths.push(letters(path))
    chances.forEach((chance, c) => {
      chance[i] = last[c]!
    })
  }
  const [pStranger, pAcquaintance, pFriend, pPartner] = chances as [Float64Array, Float64Array, Float64Array, Float64Array]
  await warehouse.load(
    'relationship_path',
    {
      cell: Float64Array.from(paths, (_, i) => i + 1),
      path: paths,
      p_stranger: pStranger,
      p_acquaintance: pAcquaintance,
      p_friend: pFriend,
      p_partner: pPartner,
    },
    { cell: 'bigint', path: 'varchar', p_stranger: 'double', p_acquaintance: 'double', p_friend: 'double', p_partner: 'double' },
  )
  await warehouse.materialise('relationship_classified', query.classified(), { signal })
  const perYear = Math.max(1, Math.round(12 / panel.months))
  const yearFrom = Math.max(1, count - perYear + 1)
  const [{ available }] = (await warehouse.rows(sql`select available from layer where layer = 'contribution'`, { signal })) as [Row]
  await warehouse.materialise('relationship_money', query.money(available === true, panel.periods, yearFrom), { signal })
  await context.save(
    customerRelationship,
    query.customerRelationships(dialect, {
      lastDay,
      last: count,
      yearFrom,
      words: words(panel.months),
      prospects: context.has('customer'),
    }),
  )
  await context.save(
    relationshipModel,
    literalRows(
      relationshipModel,
      trials.map((trial) => modelRow(trial, best)),
    ),
  )
  await context.save(relationshipState, literalRows(relationshipState, stateRows(best, stateClasses)))
  await savePeriods(context, panel)
  await tell(context, best, stateClasses, panel)
}

export const words = (months: number): query.EvidenceWords =>
  months === 3
    ? { period: 'quarter', periods: 'quarters' }
    : months === 1
      ? { period: 'month', periods: 'months' }
      : { period: `${months} months`, periods: `periods of ${months} months` }

async function refuse(context: StepContext<ClassParameters>, reason: string, panel: PanelPeriods | null): Promise<void> {
  await context.save(customerRelationship, literalRows(customerRelationship, []))
  await context.save(relationshipModel, literalRows(relationshipModel, []))
  await context.save(relationshipState, literalRows(relationshipState, []))
  await context.save(
    relationshipPeriod,
    literalRows(
      relationshipPeriod,
      (panel?.periods ?? []).map(({ from, to }, i) => ({
        period: i + 1,
        from_date: from,
        to_date: to,
        months: panel!.months,
        known: 0,
        buying: 0,
        won: 0,
      })),
    ),
  )
  context.finding({
    name: 'relationship-not-told',
    text: `Relationship classes are not told: ${reason}.`,
    action: 'Import a longer stretch of orders; two years of quarters are best.',
    weight: 21,
    kind: 'data',
    link: '/relationships',
  })
}

function modelRow({ states, fit, heldOut }: LevelTrial, best: LevelTrial): Row {
  const chosen = fit === best.fit
  return {
    states,
    chosen,
    status: fit.status,
    reason: chosen
      ? 'chosen: the lowest BIC'
      : `passed over: its BIC is ${(fit.bic - best.fit.bic).toFixed(1)} above that of ${best.states} states`,
    customers: fit.customers,
    sequences: fit.cells,
    log_likelihood: fit.logLikelihood,
    parameters: fit.parameters,
    bic: fit.bic,
    held_out: heldOut?.logScore ?? null,
    held_out_naive: heldOut?.naive ?? null,
  }
}

function stateRows({ fit, states: K }: LevelTrial, stateClasses: readonly number[]): Row[] {
  const { transition, emission, symbols: M } = fit.model
  const six = (values: Float64Array): string => JSON.stringify(Array.from(values, (p) => Number(p.toFixed(6))))
  return Array.from({ length: K }, (_, k) => ({
    state: k + 1,
    class: relationshipClasses[stateClasses[k]!]!,
    orders: fit.means[k]!,
    buys: 1 - emission[k * M]!,
    stays: transition[k * K + k]!,
    emission: six(emission.subarray(k * M, (k + 1) * M)),
    transition: six(transition.subarray(k * K, (k + 1) * K)),
  }))
}

async function savePeriods(context: StepContext<ClassParameters>, { months, periods }: PanelPeriods): Promise<void> {
  const counts = await context.warehouse.rows(query.periodCounts(), { signal: context.signal })
  const of = (period: number): Row | undefined => counts.find((row) => Number(row.period) === period)
  let known = Number(of(0)?.won ?? 0)
  await context.save(
    relationshipPeriod,
    literalRows(
      relationshipPeriod,
      periods.map(({ from, to }, i) => {
        const won = Number(of(i + 1)?.won ?? 0)
        known += won
        return { period: i + 1, from_date: from, to_date: to, months, known, buying: Number(of(i + 1)?.buying ?? 0), won }
      }),
    ),
  )
}

/** What stands out of the classes. */
async function tell(
  context: StepContext<ClassParameters>,
  best: LevelTrial,
  stateClasses: readonly number[],
  { months }: PanelPeriods,
): Promise<void> {
  const { warehouse, signal, currency } = context
  const rows = await warehouse.rows(query.classTotals(), { signal })
  const total = rows.reduce((sum, row) => sum + Number(row.customers), 0)
  const of = (name: string): Row | undefined => rows.find((row) => row.class === name)
  const close = ['friend', 'partner'].reduce((sum, name) => sum + Number(of(name)?.customers ?? 0), 0)
  const sum = Number(of('friend')?.measure ?? 0) + Number(of('partner')?.measure ?? 0)
  const all = rows.reduce((whole, row) => whole + Number(row.measure), 0)
  const scored = rows.reduce((whole, row) => whole + Number(row.scored), 0)
  const names = ['stranger', 'acquaintance', 'friend', 'partner'].map(
    (name) => `${formatCount(Number(of(name)?.customers ?? 0))} ${name}${Number(of(name)?.customers ?? 0) === 1 ? '' : 's'}`,
  )
  context.figure({
    name: 'close_customers',
    title: 'Friends and partners',
    value: close,
    type: 'integer',
    unit: 'customers',
    meaning: 'Customers who are closer than acquaintances.',
    formula: 'customers counted as friend or partner in table customer_relationship',
  })
  const noLapsed = !stateClasses.includes(0)
  context.finding({
    name: 'relationship-classes',
    text:
      `Of ${formatCount(total)} customers, ${names.slice(0, 3).join(', ')} and ${names[3]}; ` +
      (close === 0
        ? 'behaviour shows no closer level on which customers stay.'
        : `the ${close === 1 ? 'one friend or partner brings' : `${formatCount(close)} friends and partners bring`} ${all > 0 ? formatRatio(sum / all) : 'none'} of the profit of the last 12 months.`),
    doubt:
      scored === 0
        ? `Assumption: told from behaviour alone (how often they order, by ${words(months).period}); a survey of trust or relationship scores would tell it better.`
        : `${formatCount(scored)} customers are told with scores of trust, commitment or share of wallet, the others from behaviour alone.`,
    action:
      scored === 0
        ? 'Account management: score the closest customers (six questions on the customer page) or load a trust survey.'
        : 'Account management: look at the customers whose class is least sure.',
    weight: 58,
    kind: 'neutral',
    link: '/relationships',
  })
  if (noLapsed)
    context.finding({
      name: 'relationship-no-lapsed',
      text: `No level of buying is silent enough to count as lapsed: even the quietest orders in ${formatRatio(1 - best.fit.model.emission[0]!)} of the ${words(months).periods}.`,
      weight: 12,
      kind: 'data',
      link: '/relationships',
    })
  const fallen = await warehouse.rows(query.fallenCustomers(3), { signal })
  const many = Number(fallen[0]?.customers ?? 0)
  if (many > 0 && compareDecimals(String(fallen[0]!.together), '0') > 0)
    context.finding({
      name: 'relationship-fell',
      text:
        `${formatCount(many)} ${many === 1 ? 'customer' : 'customers'} fell to a looser class in the last ${words(months).period}; they brought ${formatMoney(String(fallen[0]!.together), currency)} in 12 months: ` +
        `${fallen.map((row) => `${row.name} (${row.previous_class} to ${row.class}, orders ${row.orders_before} to ${row.orders_now})`).join('; ')}.`,
      action: 'Sales: call them before the next period ends.',
      weight: 54,
      kind: 'bad',
      link: '/relationships?where=movement:eq:down',
      customers: fallen.map((row) => String(row.customer_id)),
    })
}
