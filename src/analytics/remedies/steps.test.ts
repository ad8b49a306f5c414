import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestRun } from '../../../test/support/portfolio.ts'
import { runServed, servedCompany } from '../../../test/support/served-company.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { servingSteps } from '../serving/index.ts'
import { remedyKinds } from './rules.ts'
import { remediesSteps } from './steps.ts'

let run: TestRun
beforeAll(async () => {
  run = await runServed(servedCompany(), [...servingSteps, ...remediesSteps])
})
afterAll(() => run.close())

test('the worklist is ranked by value, and its items come to the remedies, by and large', async () => {
  const { table } = run
  const items = await table('worklist')
  expect(items.length).toBeGreaterThan(4)
  expect(items.map(({ position }) => position)).toEqual(items.map((_, i) => i + 1))
  const values = items.map(({ value }) => Number(value))
  expect(values).toEqual([...values].sort((a, b) => b - a))
  for (const row of await table('remedy')) {
    const own = items.filter(({ remedy }) => remedy === row.remedy)
    expect(Number(sumDecimals(own.map(({ value }) => value as string)))).toBeCloseTo(Number(row.value), 1)
    expect(Number(row.low)).toBeLessThanOrEqual(Number(row.value))
    expect(Number(row.value)).toBeLessThanOrEqual(Number(row.high))
  }
})

test('every item names owner, assumption, evidence and where to see it', async () => {
  const { table } = run
  for (const row of await table('worklist')) {
    for (const column of ['owner', 'assumption', 'evidence', 'link', 'title']) expect(String(row[column]).length).toBeGreaterThan(0)
    expect(remedyKinds).toContain(row.remedy)
  }
})

test('the ladder of a customer starts inside, and nobody is parted with whom an earlier remedy turns', async () => {
  const { table } = run
  const rows = await table('customer_remedy')
  const byCustomer = Map.groupBy(rows, (row) => String(row.customer_id))
  expect(byCustomer.has('C00')).toBe(true)
  expect(byCustomer.get('(everybody)')).toHaveLength(1)
  for (const [, ladder] of byCustomer) {
    const sorted = ladder.sort((a, b) => Number(a.position) - Number(b.position))
    expect(sorted[0]!.remedy).toBe('look-inside')
    const turned = sorted.findIndex((row) => row.turns === true)
    if (turned >= 0) expect(sorted.some((row) => row.remedy === 'exit')).toBe(false)
  }
})

test('what is freed is avoidable or stranded, pool by pool', async () => {
  const { table } = run
  for (const row of await table('released_capacity')) {
    expect(Number(row.avoidable) + Number(row.stranded)).toBeCloseTo(Number(row.freed), 3)
    expect(Number(row.stranded)).toBeGreaterThanOrEqual(0)
  }
})
