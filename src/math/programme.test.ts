import { afterAll, describe, expect, test } from 'vitest'
import { type Programme, ProgrammeSolver, Rows } from './programme.ts'

const solver = new ProgrammeSolver()
afterAll(() => solver.close())

const f = (...numbers: number[]) => Float64Array.from(numbers)

function programme(sense: Programme['sense'], objective: number[], rows: Rows, more: Partial<Programme> = {}): Programme {
  const n = objective.length
  return {
    sense,
    objective: Float64Array.from(objective),
    lower: new Float64Array(n),
    upper: new Float64Array(n).fill(Infinity),
    ...rows.arrays(),
    ...more,
  }
}

describe('a programme', () => {
  test('with two resources gives the best mix and what one more unit of each would bring', async () => {
    const rows = new Rows()
    rows.add(
      [
        [0, 1],
        [1, 2],
      ],
      -Infinity,
      40,
    )
    rows.add(
      [
        [0, 2],
        [1, 1],
      ],
      -Infinity,
      50,
    )
    const { status, objective, x, rowDuals, bound } = await solver.solve(programme('maximise', [30, 50], rows))
    expect(status).toBe('optimal')
    expect(objective).toBeCloseTo(1100, 9)
    expect(bound).toBeCloseTo(1100, 9)
    expect([...x]).toEqual([expect.closeTo(20, 9), expect.closeTo(10, 9)])
    // Dual by hand: y1 + 2 y2 = 30, 2 y1 + y2 = 50.
    expect([...rowDuals]).toEqual([expect.closeTo(70 / 3, 9), expect.closeTo(10 / 3, 9)])
  })

  test('in whole numbers finds what rounding misses and says how far it can be from the best', async () => {
    const rows = new Rows()
    rows.add(
      [
        [0, 5],
        [1, 4],
        [2, 3],
      ],
      -Infinity,
      10,
    )
    const knapsack = programme('maximise', [10, 9, 6], rows, { upper: f(1, 1, 1), integer: Uint8Array.of(1, 1, 1) })
    const { objective, x, bound } = await solver.solve(knapsack)
    expect(objective).toBe(19)
    expect([...x]).toEqual([1, 1, 0])
    expect(bound).toBeCloseTo(19, 4)
  })

  test('with a quadratic objective gives the mix of least variance', async () => {
    const rows = new Rows()
    rows.add(
      [
        [0, 1],
        [1, 1],
      ],
      1,
      1,
    )
    // Variances 1 and 4, no covariance: weights 0.8 and 0.2, variance 0.8.
    const { x, objective } = await solver.solve(programme('minimise', [0, 0], rows, { hessian: f(2, 0, 0, 8) }))
    expect(x[0]).toBeCloseTo(0.8, 7)
    expect(objective).toBeCloseTo(0.8, 7)
  })

  test('that cannot hold names the rows that contradict each other and no others', async () => {
    const rows = new Rows()
    rows.add([[0, 1]], 30, Infinity)
    rows.add(
      [
        [0, 1],
        [1, 1],
      ],
      -Infinity,
      20,
    )
    rows.add([[1, 1]], -Infinity, 5)
    const { status, conflict } = await solver.solve(programme('maximise', [1, 1], rows))
    expect(status).toBe('infeasible')
    expect(conflict).toEqual([0, 1])
  })

  test('without a limit is said to be unbounded', async () => {
    const rows = new Rows()
    rows.add([[0, -1]], -Infinity, 1)
    expect((await solver.solve(programme('maximise', [1], rows))).status).toBe('unbounded')
  })

  test.each([
    ['not a number', (p: Programme) => ({ ...p, objective: f(Number.NaN, 1) }), /not a number/],
    ['a column that is not there', (p: Programme) => ({ ...p, columns: Int32Array.of(7, 1) }), /column that is not there/],
    ['bounds of another length', (p: Programme) => ({ ...p, lower: f(0) }), /differ in length/],
  ])('with %s is refused before it is tried', async (_, spoil, message) => {
    const rows = new Rows()
    rows.add(
      [
        [0, 1],
        [1, 1],
      ],
      0,
      1,
    )
    await expect(solver.solve(spoil(programme('maximise', [1, 1], rows)))).rejects.toThrow(message)
  })

  test('can be cancelled, and the next one is solved all the same', async () => {
    const rows = new Rows()
    rows.add([[0, 1]], 0, 1)
    const one = programme('maximise', [1], rows)
    const cancel = new AbortController()
    const cancelled = solver.solve(one, {}, cancel.signal)
    cancel.abort(new Error('cancelled'))
    await expect(cancelled).rejects.toThrow('cancelled')
    expect((await solver.solve(one)).objective).toBe(1)
  })
})
