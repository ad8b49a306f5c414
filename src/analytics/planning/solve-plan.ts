import { type Programme, type ProgrammeSolver, Rows } from '../../math/programme.ts'
import { AppError } from '../../shared/errors.ts'
import { type PlanProblem, planValue } from './plan-problem.ts'
import { allocateSeparable } from './separable.ts'
import { type Polyline, Touch } from './upper-polyline.ts'

export interface Plan {
  /** Effort on each item, in the order of the problem's items; money a year. */
  effort: Float64Array
  /** Value of the allocation, net of `priceOfMoney` times the money. */
  value: number
  /** No allocation within the limits is worth more. */
  bound: number
  /** (bound - value) / |value|. */
  gap: number
  /** For each row of the problem: what the last unit of its limit brings; 0 when the limit does not bind. */
  shadowPrices: Float64Array
  /** Programmes solved. */
  rounds: number
}

export interface PlanEffort {
  /** Gap at which to stop. Default 1e-6. */
  gap?: number
  /** Programmes to solve at most. Default 25. */
  rounds?: number
  /** Solves the whole programme even where the problem falls apart into budgets that can be solved each alone. */
  whole?: boolean
  signal?: AbortSignal
}

/**
 * The allocation of most value within all limits, solved as a whole: curves of any shape that rises, minimum spends, steps and exclusions.
 *
 * Each round optimises over broken lines above the curves (a mixed-integer programme; without whole numbers when all curves are concave), so its answer bounds
 * every allocation; the lines are then drawn down to the curves at the answer, until value and bound meet.
 *
 * @throws AppError `plan-infeasible` that names the limits which contradict each other.
 */
export async function solvePlan(problem: PlanProblem, solver: ProgrammeSolver, options: PlanEffort = {}): Promise<Plan> {
  const { gap: wanted = 1e-6, rounds: most = 25, signal, whole } = options
  const direct = whole ? undefined : allocateSeparable(problem)
  if (direct) return direct
  const { items, priceOfMoney } = problem
  const touches = items.map((item) => new Touch(item, priceOfMoney))
  let best: { effort: Float64Array; value: number } | undefined
  let bound = Infinity
  let rounds = 0
  let frame: { frame: Frame; x: Float64Array } | undefined
  while (rounds < most) {
    rounds++
    const built = buildFrame(
      problem,
      touches.map((touch) => touch.line()),
    )
    const solution = await solver.solve(built.programme, { gap: wanted / 4 }, signal)
    if (solution.status === 'infeasible') throw infeasible(problem, built, solution.conflict ?? [])
    if (solution.status === 'unbounded') throw new Error('a plan cannot be unbounded: every item has an upper bound')
    const effort = built.effort(solution.x)
    const value = planValue(problem, effort)
    bound = Math.min(bound, solution.bound)
    if (!best || value > best.value) {
      best = { effort, value }
      frame = { frame: built, x: solution.x }
    }
    if (bound - best.value <= wanted * Math.max(1, Math.abs(best.value))) break
    let touched = false
    effort.forEach((x, i) => {
      touched = (touches[i] as Touch).add(x) || touched
    })
    if (!touched) break
  }
  if (!best || !frame) throw new Error('no programme was solved')
  return {
    ...best,
    bound: Math.max(bound, best.value),
    gap: Math.max(0, bound - best.value) / Math.max(1e-12, Math.abs(best.value)),
    shadowPrices: await prices(problem, frame.frame, frame.x, solver, signal),
    rounds,
  }
}

/** The programme of one round, and where to find things in it. */
interface Frame {
  programme: Programme
  /** Effort on each item out of the columns. */
  effort(x: Float64Array): Float64Array
  /** What each row of the programme is called in a message; undefined for rows that only hold the lines together. */
  titles: (string | undefined)[]
}

/**
 * Each item is a chain of pieces of its line; a piece has a column for how much of it is used. Pieces after which the line bends upwards are used in
 * order by a switch: a later piece is open only when the earlier one is full.
 */
function buildFrame({ items, rows, exclusions }: PlanProblem, lines: Polyline[]): Frame {
  const objective: number[] = []
  const upper: number[] = []
  const integer: number[] = []
  const column = (value: number, most: number, whole: boolean): number => {
    objective.push(value)
    integer.push(whole ? 1 : 0)
    return upper.push(most) - 1
  }
  const held = new Rows()
  const titles: (string | undefined)[] = []
  const hold = (entries: [number, number][], lower: number, most: number, title?: string) => {
    held.add(entries, lower, most)
    titles.push(title)
  }
  let offset = 0
  const excluded = new Set(exclusions.flatMap((exclusion) => exclusion.items))
  const pieces: { column: number; share: number }[][] = []
  const used: (number | undefined)[] = []
  lines.forEach((line, k) => {
    const item = items[k]!
    offset += line.y[0] as number
    const lengths = line.x.slice(1).map((x, i) => x - (line.x[i] as number))
    const rises = line.y.slice(1).map((y, i) => y - (line.y[i] as number))
    const steep = rises.map((rise, i) => rise / (lengths[i] as number))
    const columns = lengths.map((_, i) => column(rises[i] as number, 1, Boolean(item.levels)))
    pieces.push(columns.map((at, i) => ({ column: at, share: lengths[i] as number })))
    let lastBend = -1
    for (let i = 0; i + 1 < steep.length; i++)
      if ((steep[i + 1] as number) > (steep[i] as number) + 1e-12 * Math.abs(steep[i] as number)) lastBend = i
    if (item.levels) {
      for (let i = 0; i + 1 < columns.length; i++)
        hold(
          [
            [columns[i]!, 1],
            [columns[i + 1]!, -1],
          ],
          0,
          Infinity,
        )
    } else {
      for (let i = 0; i <= lastBend; i++) {
        const open = column(0, 1, true)
        hold(
          [
            [columns[i]!, 1],
            [open, -1],
          ],
          0,
          Infinity,
        )
        hold(
          [
            [columns[i + 1]!, 1],
            [open, -1],
          ],
          -Infinity,
          0,
        )
        if (i === lastBend)
          for (const later of columns.slice(i + 2))
            hold(
              [
                [later, 1],
                [open, -1],
              ],
              -Infinity,
              0,
            )
      }
    }
    const start = line.x[0] as number
    const spend = columns.map((at, i): [number, number] => [at, lengths[i] as number])
    const total = line.x.at(-1) as number
    if (item.minimumSpend || excluded.has(k)) {
      const use = column(0, 1, true)
      used[k] = use
      hold([...spend, [use, -total]], -Infinity, -start, start > 0 ? `least effort on ${item.title}` : undefined)
      if (item.minimumSpend) hold([...spend, [use, -item.minimumSpend]], -start, Infinity, `least spend on ${item.title} if any`)
    }
  })
  for (const row of rows) {
    const entries: [number, number][] = []
    let fixed = 0
    for (const [item, coefficient] of row.entries) {
      fixed += coefficient * (lines[item]!.x[0] as number)
      for (const piece of pieces[item]!) entries.push([piece.column, coefficient * piece.share])
    }
    hold(entries, row.lower - fixed, row.upper - fixed, row.title)
  }
  for (const exclusion of exclusions)
    hold(
      exclusion.items.map((item) => [used[item] as number, 1]),
      -Infinity,
      exclusion.most,
      exclusion.title,
    )
  // A column that never changes carries what is there at the lower bounds.
  const constant = column(offset, 1, false)
  const lower = new Float64Array(objective.length)
  lower[constant] = 1
  return {
    programme: {
      sense: 'maximise',
      objective: Float64Array.from(objective),
      lower,
      upper: Float64Array.from(upper),
      integer: Uint8Array.from(integer),
      ...held.arrays(),
    },
    effort: (x) =>
      Float64Array.from(pieces, (own, k) =>
        own.reduce((sum, piece) => sum + piece.share * (x[piece.column] as number), lines[k]!.x[0] as number),
      ),
    titles,
  }
}

/** Shadow prices at an answer: the programme again with its whole numbers held where they are. */
async function prices(
  problem: PlanProblem,
  { programme, titles }: Frame,
  x: Float64Array,
  solver: ProgrammeSolver,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const lower = Float64Array.from(programme.lower)
  const upper = Float64Array.from(programme.upper)
  programme.integer?.forEach((whole, i) => {
    if (whole) lower[i] = upper[i] = Math.round(x[i] as number)
  })
  const { integer: _, ...continuous } = programme
  const { status, rowDuals } = await solver.solve({ ...continuous, lower, upper }, {}, signal)
  if (status !== 'optimal') return new Float64Array(problem.rows.length)
  const first = titles.length - problem.exclusions.length - problem.rows.length
  return rowDuals.slice(first, first + problem.rows.length)
}

function infeasible(problem: PlanProblem, { titles }: Frame, conflict: number[]): AppError {
  const named = conflict.map((row) => titles[row]).filter((title) => title !== undefined)
  const list = named.length > 0 ? named.map((title) => `"${title}"`).join(', ') : 'the lower bounds of the items and their upper bounds'
  return new AppError('plan-infeasible', `no allocation keeps all limits: ${list} contradict each other`, {
    hint: 'Widen one of them.',
    problems: named.map((title) => {
      const row = problem.rows.find((one) => one.title === title)
      return { message: row ? `${title}: between ${row.lower} and ${row.upper}` : title }
    }),
  })
}
