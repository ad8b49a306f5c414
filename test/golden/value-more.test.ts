/** More of the reference values: what peers print about single customers, money, regularity and donations; and the audit book's company. */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { regularityOf } from '../../src/analytics/value/advice.ts'
import {
  bgBbConditional,
  bgNbd,
  expectedSpend,
  fitBdw,
  fitBgBb,
  fitFile,
  fitGammaGamma,
  fitMargin,
  fitSbg,
  groupCells,
  paretoNbd,
  retentionOfSurvivors,
} from '../../src/analytics/value/index.ts'
import { readLog, readPurchaseCells } from '../../src/analytics/value/read-histories.ts'
import { parseSummary } from '../../src/analytics/value/summary-table.ts'
import { gammaQ } from '../../src/math/incomplete.ts'

const folder = new URL('../../../shared/data/', import.meta.url)
const present = existsSync(new URL('cdnow_sample.csv', folder))
const text = (name: string): string => {
  const bytes = readFileSync(new URL(name, folder))
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}
const near = (actual: number, expected: number, tolerance: number, what = ''): void => {
  expect(Math.abs(actual - expected), `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(tolerance)
}

test('BdW against sBG, years 1 to 4: likelihood ratios as printed (customer-analytics)', () => {
  for (const [survivors, statistic, p] of [
    [[1000, 631, 468, 382, 326], 0.35, 0.553],
    [[1000, 869, 743, 653, 593], 4.77, 0.029],
  ] as const) {
    const cells = retentionOfSurvivors([...survivors])
    const found = 2 * (fitBdw(cells).logLikelihood - fitSbg(cells).logLikelihood)
    near(found, statistic, 0.01)
    near(gammaQ(0.5, found / 2), p, 0.002)
  }
})

describe.skipIf(!present)('CDNOW (skipped where ../shared/data is absent)', () => {
  const summary = present ? parseSummary(text('cdnow_summary_39weeks.csv')) : { header: [], rows: [], lines: [] }
  const rows = summary.rows.map((fields) => fields.map(Number)) as [number, number, number, number, number, number][]
  const sample = () =>
    text('cdnow_sample.csv')
      .trim()
      .split('\n')
      .map((line) => line.split(','))
      .map((fields) => [fields[0], fields[2], fields[4]].join(','))
      .join('\n')

  test('customers 1, 2 and 6, sums, and held-out spending as CLVTools tells them', () => {
    const cells = readPurchaseCells(summary)
    const pareto = paretoNbd.fit(cells).parameters!
    const bg = bgNbd.fit(cells).parameters!
    const spend = fitGammaGamma({ x: Float64Array.from(rows, (row) => row[1]), z: Float64Array.from(rows, (row) => row[5]) }).parameters!
    // CLVTools stops 2e-6 below the optimum in log-likelihood, which shows in the fifth digit.
    const wanted: Record<number, [number, number, number, number, number]> = {
      1: [0.869165, 1.455321, 24.654031, 0.72662, 1.225993],
      2: [0.168028, 0.171154, 18.910292, 0.21239, 0.203418],
      6: [0.749505, 3.712523, 71.464612, 0.641835, 3.337573],
    }
    for (const [id, [alive, expected, money, bgAlive, bgExpected]] of Object.entries(wanted)) {
      const [, x, tx, T, , z] = rows[Number(id) - 1]!
      near(paretoNbd.probabilityAlive(pareto, x, tx, T), alive, 1e-4, `alive ${id}`)
      near(paretoNbd.conditionalExpectedTransactions(pareto, 39, x, tx, T), expected, 5e-4, `expected ${id}`)
      near(expectedSpend(spend, x, z), money, 5e-3, `spend ${id}`)
      near(bgNbd.probabilityAlive(bg, x, tx, T), bgAlive, 1e-4, `BG alive ${id}`)
      near(bgNbd.conditionalExpectedTransactions(bg, 39, x, tx, T), bgExpected, 5e-4, `BG expected ${id}`)
    }
    const told = rows.reduce((sum, [, x, tx, T, , z]) => sum + paretoNbd.conditionalExpectedTransactions(pareto, 39, x, tx, T) * expectedSpend(spend, x, z), 0)
    near(told, 60455.68, 10, 'held-out spending told')
    const actual = sample()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .filter((fields) => fields[1]! > '1997-09-30')
      .reduce((sum, fields) => sum + Number(fields[2]), 0)
    near(actual, 70976.39, 0.01, 'held-out spending that came')
  })

  test('Gamma-Gamma with the first purchase kept', () => {
    const log = readLog(parseSummary(sample()), '1997-09-30')
    const x = Float64Array.from(log.days, (days) => days.length)
    const z = Float64Array.from(log.amounts!, (values) => values.reduce((sum, value) => sum + value, 0) / values.length)
    const fit = fitGammaGamma({ x, z })
    near(fit.logLikelihood, -9898.450937, 0.02)
    for (const [name, value] of Object.entries({ p: 9.88124, q: 3.39875, gamma: 7.92859 })) near(fit.parameters![name as 'p'] / value, 1, 2e-3, name)
  })

  test('regularity by Wheat and Morrison is near the 0.983 of BTYDplus, which draws its pairs', () => {
    const log = readLog(parseSummary(sample()), '1997-09-30')
    const pairs = log.days.filter((days) => days.length > 2).map((days) => [days.at(-2)! - days.at(-3)!, days.at(-1)! - days.at(-2)!] as const)
    const { k } = regularityOf({ first: Float64Array.from(pairs, ([one]) => one), last: Float64Array.from(pairs, ([, two]) => two), customers: new Float64Array(pairs.length).fill(1) })
    near(k, 0.983, 0.15)
  })

  test('a log of customers in any unit and order is one fit', () => {
    const fit = fitFile('bg-nbd', sample(), { until: '1997-09-30' })
    near(fit.logLikelihood, -9582.429207, 1e-5)
  })
})

describe.skipIf(!present)('donations (skipped where ../shared/data is absent)', () => {
  const column = (name: string, at: number): Float64Array => Float64Array.from(parseSummary(text(name)).rows, (row) => Number(row[at]))
  test('held-out means by x and by t_x as BTYD tells them', () => {
    if (!present) return
    const cells = groupCells({ x: column('donations_rf.csv', 0), tx: column('donations_rf.csv', 1), T: column('donations_rf.csv', 2), weight: column('donations_rf.csv', 3) })
    const p = fitBgBb({ x: cells.x, tx: cells.tx, n: cells.T, weight: cells.weight }).parameters!
    const byX = [0.07286, 0.32489, 0.70894, 1.33367, 2.03121, 2.78449, 3.7525]
    const byTx = [0.07286, 0.08569, 0.17984, 0.40411, 0.85108, 1.72633, 3.02719]
    for (const [key, wanted] of [
      [cells.x, byX],
      [cells.tx, byTx],
    ] as const)
      wanted.forEach((value, group) => {
        let [sum, customers] = [0, 0]
        key.forEach((of, i) => {
          if (of !== group) return
          sum += cells.weight[i]! * bgBbConditional(p, 5, cells.x[i]!, cells.tx[i]!, 6)
          customers += cells.weight[i]!
        })
        near(sum / customers, value, 2e-4, `group ${group}`)
      })
  })
})

describe.skipIf(!present)('Madrigal, the company of the audit book (skipped where ../shared/data is absent)', () => {
  test('won in early 2016, tried on eleven quarters: the last four come within 15 %', () => {
    const { rows } = parseSummary(text('madrigal_cust_by_qtr_trans.csv.gz'))
    const won = rows.filter((fields) => fields[1] !== 'pre_y2016' && Number(fields[2]) > 0).map((fields) => fields.slice(3).map((count) => (Number(count) > 0 ? 1 : 0)))
    expect(won.length).toBeGreaterThan(1000)
    const seen = won.map((quarters) => quarters.slice(0, 11))
    const cells = groupCells({
      x: Float64Array.from(seen, (quarters) => quarters.reduce<number>((sum, bought) => sum + bought, 0)),
      tx: Float64Array.from(seen, (quarters) => quarters.lastIndexOf(1) + 1),
      T: new Float64Array(seen.length).fill(11),
    })
    const fit = fitBgBb({ x: cells.x, tx: cells.tx, n: cells.T, weight: cells.weight })
    expect(fit.status).toBe('converged')
    let told = 0
    cells.x.forEach((x, i) => {
      told += cells.weight[i]! * bgBbConditional(fit.parameters!, 4, x, cells.tx[i]!, 11)
    })
    const came = won.reduce((sum, quarters) => sum + quarters.slice(11).reduce<number>((part, bought) => part + bought, 0), 0)
    expect(Math.abs(told / came - 1)).toBeLessThan(0.15)
  })

  test('profit by quarter, with its losses, carries the model of margins', () => {
    const { rows } = parseSummary(text('madrigal_cust_by_qtr_profit.csv.gz'))
    let [total, negative] = [0, 0]
    const customers = rows.map((fields) => {
      const values = fields.slice(2).map(Number)
      for (const value of values) {
        total += value
        if (value < 0) negative++
      }
      return values.filter((value) => value !== 0)
    })
    near(total, 8914386.12, 0.01, 'profit')
    expect(negative).toBe(1259)
    const bought = customers.filter((values) => values.length > 0).slice(0, 20_000)
    const mean = bought.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
    const fit = fitMargin({
      n: Float64Array.from(bought, (values) => values.length),
      mean: Float64Array.from(mean),
      squares: Float64Array.from(bought, (values, i) => values.reduce((sum, value) => sum + (value - mean[i]!) ** 2, 0)),
    })
    expect(fit.status).toBe('converged')
    expect(fit.parameters!.mu).toBeGreaterThan(0)
    expect(fit.parameters!.kappa).toBeGreaterThan(0)
  })
})
