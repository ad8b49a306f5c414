import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { AppError, UsageError } from '../../shared/errors.ts'
import { bgNbd } from './bg-nbd.ts'
import { fitFile, fittableModels } from './fit-file.ts'
import { simulateSpend } from './gamma-gamma.ts'
import { readPurchaseCells, readTransactionLog } from './read-histories.ts'
import { parseSummary } from './summary-table.ts'

const T = new Float64Array(600).fill(40)
const drawn = bgNbd.simulate(createRandom(3), { r: 0.8, alpha: 5.5, a: 0.6, b: 3.2 }, T)
const spend = simulateSpend(createRandom(4), { p: 6, q: 4, gamma: 15 }, drawn.x)
const rows = Array.from(T, (_, i) => [drawn.x[i], drawn.tx[i], T[i], spend[i], drawn.logIntervals[i]])
const summary = (header: string, separator = ','): string => [header, ...rows.map((row) => row.join(separator))].join('\n')

function failure(text: string, model = 'bg-nbd'): AppError {
  try {
    fitFile(model, text)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('fitting a file', () => {
  test('every model of purchases fits a summary under the names of papers and packages', () => {
    for (const model of ['bg-nbd', 'mbg-nbd', 'pareto-nbd', 'bg-cnbd-k', 'mbg-cnbd-k', 'gamma-gamma']) {
      const fit = fitFile(model, summary('x,t_x,T,monetary_value,litt'))
      expect(fit.model).toBe(model)
      expect(Object.keys(fit.parameters)).toEqual(Object.keys(fit.standardErrors))
      const other = fitFile(model, summary('Frequency;recency;T;m_x;litt', ';').replaceAll('\n', '\r\n'))
      expect(other.logLikelihood).toBe(fit.logLikelihood)
      expect(fit.customers).toBeGreaterThan(300)
    }
    expect(Object.keys(fitFile('bg-nbd', summary('x,t.x,T.cal,m,l')).parameters)).toEqual(['r', 'alpha', 'a', 'b'])
  })

  test('a weight column n counts customers', () => {
    const double = ['x,t_x,T,n', ...rows.map((row) => [...row.slice(0, 3), 2].join(','))].join('\n')
    const [once, twice] = [fitFile('bg-nbd', summary('x,t_x,T,a,b')), fitFile('bg-nbd', double)]
    expect(twice.customers).toBe(1200)
    expect(twice.cells).toBe(once.cells)
    expect(twice.logLikelihood).toBeCloseTo(2 * once.logLikelihood, 7)
  })

  test('survivors and tenures of renewals give the same fit', () => {
    const table = 'year,survivors\n0,1000\n1,869\n2,743\n3,653\n4,593'
    const tenures = 'tenure,lost,n\n1,1,131\n2,1,126\n3,1,90\n4,1,60\n4,0,593'
    expect(fitFile('sbg', tenures).logLikelihood).toBeCloseTo(fitFile('sbg', table).logLikelihood, 9)
    expect(Object.keys(fitFile('bdw', table).parameters)).toEqual(['a', 'b', 'c'])
    expect(fitFile('sbg', 'period,regular\n0,100\n1,63.1\n2,46.8\n3,38.2').customers).toBe(100)
    expect(failure('year,survivors\n0,100\n1,110', 'sbg').message).toMatch(/cannot rise from 100 to 110/)
  })

  test('bg-bb takes opportunities from n where there is no T, and else weights from it', () => {
    const cells = 'x,t_x,n.cal,custs\n0,0,6,3464\n1,1,6,1091\n6,6,6,1203\n3,4,6,181\n2,4,6,155\n5,5,6,335'
    expect(fitFile('bg-bb', cells).customers).toBe(3464 + 1091 + 1203 + 181 + 155 + 335)
    const byT = cells.replace('n.cal,custs', 'T,n')
    expect(fitFile('bg-bb', byT).parameters).toEqual(fitFile('bg-bb', cells).parameters)
    expect(failure('x,t_x,n\n3,2,6', 'bg-bb').message).toMatch(/3 opportunities cannot have been used by number 2/)
  })

  test('a log of purchases gives histories in weeks with purchases of one day merged', () => {
    const log = 'customer_id,date,amount\na,2024-01-01,10\na,2024-01-15,20\na,2024-01-15,5\na,2024-01-29,30\nb,2024-02-05,7'
    const { purchases, spend } = readTransactionLog(parseSummary(log))
    expect(Array.from(purchases.x)).toEqual([0, 2])
    expect(Array.from(purchases.tx)).toEqual([0, 4])
    expect(Array.from(purchases.T)).toEqual([0, 5])
    expect(purchases.logIntervals![1]).toBeCloseTo(2 * Math.log(2), 12)
    expect(Array.from(spend!.z)).toEqual([27.5, 0])
    const cut = readTransactionLog(parseSummary(log), '2024-01-20').purchases
    expect(Array.from(cut.x)).toEqual([1])
  })
})

describe('what is wrong with a file is said with row and reason', () => {
  test.each([
    ['3,-1,20', /row 2 \(line 3\): t_x must not be negative; got -1/],
    ['3,10,-20', /T must not be negative/],
    ['3,30,20', /t_x must not exceed T; got t_x 30 and T 20/],
    ['0,5,20', /x = 0\) t_x must be 0; got 5/],
    ['2.5,5,20', /whole number from 0; got 2.5/],
    ['-1,5,20', /whole number from 0; got -1/],
    ['two,5,20', /x must be a number; got "two"/],
    ['3,,20', /t_x must be a number; got nothing/],
    ['3,0,20', /merge purchases of the same day/],
    ['3,NaN,20', /t_x must be a number/],
  ])('%s', (row, message) => {
    const error = failure(`x,t_x,T\n1,2,20\n${row}`)
    expect(error.message).toMatch(message)
    expect(error.kind).toBe('data')
    expect(error.problems[0]).toMatchObject({ row: 2, line: 3 })
  })

  test('all bad rows are listed, and mixed units are suspected where many last purchases lie after the end', () => {
    const error = failure('x,t_x,T\n1,200,20\n2,150,20\n0,0,20\n1.5,3,20')
    expect(error.problems).toHaveLength(3)
    expect(error.message).toMatch(/and 2 more/)
    expect(error.hint).toMatch(/different units/)
  })

  test('a missing column, an empty file and an unknown model', () => {
    expect(failure('x,T\n1,2').message).toMatch(/no column for the time from first to last purchase/)
    expect(failure('x,t_x,T\n').message).toMatch(/no rows/)
    expect(failure('').message).toMatch(/no rows/)
    const unknown = failure('x,t_x,T\n1,1,2', 'bgnbd')
    expect(unknown).toBeInstanceOf(UsageError)
    expect(unknown.hint).toBe(`one of ${fittableModels.join(', ')}`)
  })

  test('too few repeat buyers, constant spend and unseen regularity are refused with the reason', () => {
    expect(failure('x,t_x,T\n1,1,2').message).toMatch(/only 1 customer has bought again; at least 50 are needed/)
    const constant = ['x,monetary_value', ...Array.from({ length: 80 }, () => '2,10')].join('\n')
    expect(failure(constant, 'gamma-gamma').message).toMatch(/all customers spend the same/)
    expect(failure(summary('x,t_x,T,m,l'), 'mbg-cnbd-k').message).toMatch(/regularity k cannot be seen/)
    expect(failure('x,monetary_value\n2,-5', 'gamma-gamma').message).toMatch(/must not be negative/)
  })

  test('quoted fields, a byte order mark and blank lines are read', () => {
    const cells = readPurchaseCells(parseSummary('\uFEFF"x","t_x","T"\n"1","2.5","3"\n\n2,"1,5",4\n'))
    expect(Array.from(cells.tx)).toEqual([2.5, 1.5])
  })
})
