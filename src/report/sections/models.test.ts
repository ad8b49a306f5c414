import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { valueTables } from '../../analytics/value/contract.ts'
import type { Row } from '../../warehouse/port.ts'
import { chartContext, type Exhibit } from '../data.ts'
import { exampleReportData } from '../example.ts'
import { modelsSection } from './models.ts'

const exhibit = (name: string, rows: Row[]): Exhibit => ({
  contract: valueTables.find((table) => table.name === name)!,
  rows,
  total: rows.length,
})
const model = (name: string, fitted: string, more: Row = {}): Row => ({
  model: name,
  fitted_on: fitted,
  kind: 'purchases',
  chosen: false,
  status: 'converged',
  log_likelihood: -100,
  holdout_error: 0.02,
  misplaced: 0.08,
  log_loss: 0.4,
  ...more,
})

test('the report says whether to believe the values, with four pictures and the advice', () => {
  const base = exampleReportData()
  const data = {
    ...base,
    valueModels: exhibit('value_model', [model('mbg-nbd', 'calibration'), model('mbg-nbd', 'all', { chosen: true })]),
    valueHoldout: exhibit(
      'value_holdout',
      Array.from({ length: 60 }, (_, i) => ({ week: i + 1, held_out: i > 40, actual: 10 * i, expected: 9 * i })),
    ),
    valueCalibration: exhibit('value_calibration', [
      { model: 'mbg-nbd', chosen: true, frequency: 0, customers: 10, actual: 4, expected: 5 },
    ]),
    valueLift: exhibit(
      'value_lift',
      ['expected', 'chance'].map((grouping) => ({
        model: 'mbg-nbd',
        chosen: true,
        grouping,
        tenth: 1,
        customers: 10,
        expected: 5,
        actual: 4,
        expected_buyers: 3,
        buyers: 2,
      })),
    ),
    valueAdvice: exhibit('value_advice', [
      {
        question: 'season',
        position: 1,
        title: 'Seasons?',
        verdict: 'mind',
        text: 'December 2 times `the` level.',
        figure: 2,
        figure_meaning: 'index',
      },
    ]),
  }
  const section = modelsSection(data, chartContext(data))!
  const body = [section.body]
    .flat()
    .map(({ text }) => text)
    .join('')
  const { document } = parseHTML(`<!doctype html><html><body>${body}</body></html>`)
  expect(section.lede).toContain('mbg-nbd, placed 8.0 % of the held-out purchases')
  expect(document.querySelectorAll('svg')).toHaveLength(4)
  expect(document.body.textContent).toContain('with care')
  expect(document.body.textContent).toContain('December 2 times the level.')
  expect(modelsSection(base, chartContext(base))).toBeNull()
})
