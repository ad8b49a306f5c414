import { z } from 'zod'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { formatCount, formatNumber, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { literalRows } from '../profitability/index.ts'
import { type Matrix, mobility, steadyState } from './chain.ts'
import { words } from './class-step.ts'
import { classOfLetter } from './classify.ts'
import { allSegments, dynamicsTables, relationshipClasses, relationshipTest, relationshipTransition } from './contract.ts'
import * as query from './dynamics.sql.ts'
import { estimateTransitions, orderTest, pooledPrior, stationarityTest, type TransitionEstimate } from './transitions.ts'

const parameters = z.strictObject({
  /** Weight of the matrix of all customers in the matrix of a segment or a period, in customers a row. */
  poolWeight: z.number().positive().max(1000).default(20),
})

type DynamicsParameters = z.infer<typeof parameters>

/** From the classes of every period to how customers move. */
export const relationshipDynamicsStep: Step<DynamicsParameters> = {
  name: 'relationship-dynamics',
  title: 'How customers move between classes',
  reads: ['customer_relationship', 'relationship_period'],
  writes: dynamicsTables,
  unlock: 'Load orders with customer ids over at least three months, better two years.',
  parameters,
  run: writeDynamics,
}

const order = 'SAFP'

/** Counts of moves between the four classes. */
const empty = (): number[][] => relationshipClasses.map(() => relationshipClasses.map(() => 0))

export interface Moves {
  /** Counts over all periods by segment, all segments under {@link allSegments}. */
  bySegment: Map<string, number[][]>
  byPeriod: Map<number, number[][]>
  /** Customers won by segment and period, with the class they begin in. */
  won: { segment: string; period: number; to: string; customers: number }[]
}

async function readMoves({ warehouse, signal }: StepContext, periods: number): Promise<Moves> {
  const rows = await warehouse.rows(query.moves(periods), { signal })
  const moves: Moves = { bySegment: new Map([[allSegments, empty()]]), byPeriod: new Map(), won: [] }
  for (const row of rows) {
    const segment = String(row.segment)
    const period = Number(row.period)
    const customers = Number(row.customers)
    const to = order.indexOf(String(row.to_letter))
    if (row.from_letter === 'N') {
      moves.won.push({ segment, period, to: relationshipClasses[to]!, customers })
      continue
    }
    const from = order.indexOf(String(row.from_letter))
    const add = <K>(map: Map<K, number[][]>, key: K): void => {
      const counts = map.get(key) ?? empty()
      counts[from]![to]! += customers
      map.set(key, counts)
    }
    add(moves.bySegment, allSegments)
    add(moves.bySegment, segment)
    add(moves.byPeriod, period)
  }
  return moves
}

async function writeDynamics(context: StepContext<DynamicsParameters>): Promise<void> {
  const { warehouse, signal } = context
  const periods = await warehouse.rows(query.periodRows(), { signal })
  const [{ told }] = (await warehouse.rows(query.classesTold(), { signal })) as [Row]
  if (told !== true || periods.length < 2) {
    await context.save(relationshipTransition, literalRows(relationshipTransition, []))
    const reason =
      periods.length < 2
        ? `there ${periods.length === 1 ? 'is one period' : 'is no whole period'}: a movement needs two`
        : 'no classes were told, so no movement can be seen'
    await context.save(
      relationshipTest,
      literalRows(relationshipTest, [{ position: 1, question: 'How do customers move?', answer: `Not told: ${reason}.` }]),
    )
    context.finding({
      name: 'movement-not-told',
      text: `How customers move is not told: ${reason}.`,
      weight: 20,
      kind: 'data',
      link: '/relationships',
    })
    return
  }
  await warehouse.materialise('relationship_segment_path', query.segmentPaths(), { signal })
  const moves = await readMoves(context, periods.length)
  const all = estimateTransitions(moves.bySegment.get(allSegments)!)
  const prior = pooledPrior(all.p, context.parameters.poolWeight)
  const segments = [...moves.bySegment.keys()].filter((name) => name !== allSegments).sort()
  const rows: Row[] = [
    ...matrixRows(allSegments, 0, all),
    ...(segments.length > 1 ? segments.flatMap((name) => matrixRows(name, 0, estimateTransitions(moves.bySegment.get(name)!, prior))) : []),
    ...[...moves.byPeriod].flatMap(([period, counts]) => matrixRows(allSegments, period, estimateTransitions(counts, prior))),
    ...wonRows(moves, segments),
  ]
  await context.save(relationshipTransition, literalRows(relationshipTransition, rows))
  const triples = await warehouse.rows(query.triples(periods.length), { signal })
  await context.save(relationshipTest, literalRows(relationshipTest, testRows(moves, all, triples)))
  tell(context, all, Number(periods[0]!.months))
}

function matrixRows(segment: string, period: number, { p, low, high, counts }: TransitionEstimate): Row[] {
  return relationshipClasses.flatMap((from, i) =>
    relationshipClasses.map((to, j) => ({
      segment,
      period,
      from_class: from,
      to_class: to,
      customers: counts[i]![j]!,
      probability: p[i]![j]!,
      low: low[i]![j]!,
      high: high[i]![j]!,
    })),
  )
}

function wonRows({ won }: Moves, segments: readonly string[]): Row[] {
  const sums = new Map<string, Row>()
  for (const { segment, period, to, customers } of won) {
    for (const [name, at] of [
      [allSegments, period],
      [allSegments, 0],
      ...(segments.length > 1 ? ([[segment, 0]] as [string, number][]) : []),
    ] as [string, number][]) {
      const key = JSON.stringify([name, at, to])
      const row = sums.get(key) ?? {
        segment: name,
        period: at,
        from_class: classOfLetter('N'),
        to_class: to,
        customers: 0,
        probability: null,
        low: null,
        high: null,
      }
      row.customers = Number(row.customers) + customers
      sums.set(key, row)
    }
  }
  return [...sums.values()]
}

function testRows(moves: Moves, all: TransitionEstimate, triples: readonly Row[]): Row[] {
  const counts: number[][][] = relationshipClasses.map(() => empty())
  for (const { triple, customers } of triples) {
    const [a, b, c] = [...String(triple)].map((letter) => order.indexOf(letter))
    counts[a!]![b!]![c!]! += Number(customers)
  }
  const weights = all.counts.map((row) => row.reduce((sum, n) => sum + n, 0))
  const moving = mobility(all.p, weights)
  const steady = steadyState(all.p)
  const segments = [...moves.bySegment].filter(([name]) => name !== allSegments).map(([, matrix]) => matrix)
  const judged = (
    question: string,
    { statistic, freedom, pValue, reason }: ReturnType<typeof orderTest>,
    yes: string,
    no: string,
  ): Row => ({
    question,
    statistic: freedom > 0 ? statistic : null,
    freedom: freedom > 0 ? freedom : null,
    p_value: freedom > 0 ? pValue : null,
    answer: freedom === 0 ? `Not told: ${reason}.` : pValue < 0.01 ? yes : no,
  })
  const numbers = (values: readonly number[]): string =>
    values.map((value, i) => `${relationshipClasses[i]} ${formatRatio(value)}`).join(', ')
  const rows: Row[] = [
    judged(
      'Are moves the same in every period?',
      stationarityTest([...moves.byPeriod.values()] as Matrix[]),
      'No: they changed from period to period; one matrix is an average.',
      'One matrix for all periods is enough.',
    ),
    judged(
      'Are moves the same in every segment?',
      stationarityTest(segments),
      'No: segments move differently; read the matrix by segment.',
      'One matrix for all segments is enough.',
    ),
    judged(
      'Does the class before last matter?',
      orderTest(counts),
      'Yes: customers remember more than one period; the chain is an approximation.',
      'No: the last class is enough.',
    ),
    {
      question: 'How much do customers move?',
      statistic: moving.shorrocks,
      answer: `In a period ${formatRatio(moving.up)} move up, ${formatRatio(moving.down)} down; the index of Shorrocks is ${formatNumber(moving.shorrocks, { digits: 3 })} (0 nobody moves, 1 the class now says nothing of the next).`,
    },
    {
      question: 'Where would it settle?',
      statistic: steady?.[0] ?? null,
      answer: steady
        ? `Without new customers and with these moves for ever: ${numbers(steady)}.`
        : 'It depends on where one starts: there are classes that are never left.',
    },
  ]
  return rows.map((row, i) => ({ position: i + 1, ...row }))
}

function tell(context: StepContext<DynamicsParameters>, all: TransitionEstimate, months: number): void {
  const period = words(months).period
  const of = (from: number, to: number): string =>
    `${formatRatio(all.p[from]![to]!)} (${formatRatio(all.low[from]![to]!)} to ${formatRatio(all.high[from]![to]!)})`
  const from = all.counts.map((row) => row.reduce((sum, n) => sum + n, 0))
  if (from[1]! < 30) return
  context.finding({
    name: 'how-customers-move',
    text: `In a ${period}, ${of(1, 2)} of acquaintances become friends and ${of(1, 0)} lapse${from[2]! < 30 ? '' : `; ${of(2, 1)} of friends fall back to acquaintances`}.`,
    doubt: `90 % intervals from ${formatCount(from.reduce((sum, n) => sum + n, 0))} moves seen.`,
    weight: 44,
    kind: 'neutral',
    link: '/relationships',
  })
}
