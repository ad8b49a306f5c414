import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { configJsonSchema, parseConfig } from './config.ts'
import { AppError } from './errors.ts'

const problemsOf = (text: string) => {
  try {
    parseConfig(text)
  } catch (error) {
    if (error instanceof AppError) return error.problems
    throw error
  }
  return []
}

describe('clientele.yaml', () => {
  test('a currency is enough; everything else has a default', () => {
    const { config } = parseConfig('currency: EUR\n')
    expect(config).toEqual({
      name: 'My company',
      currency: 'EUR',
      fiscalYear: { startMonth: 1 },
      seed: 1,
      periods: 'auto',
      engine: {},
      limits: {},
      steps: {},
    })
  })

  test('an unknown setting is refused with its line and what was probably meant', () => {
    expect(problemsOf('name: A\ncurrancy: EUR\ncurrency: EUR\nengine:\n  memmory: 4GB\n')).toEqual([
      { file: 'clientele.yaml', line: 2, column: 1, message: 'there is no setting "currancy"', hint: 'Did you mean "currency"?' },
      { file: 'clientele.yaml', line: 5, column: 3, message: 'there is no setting "engine.memmory"', hint: 'Did you mean "memory"?' },
    ])
  })

  test('a wrong value is shown with the setting, the value and what to do', () => {
    expect(
      problemsOf('currency: euro\nfiscalYear:\n  startMonth: 13\nseed: 1.5\nasOf: 2026-02-30\nengine: { memory: lots }\n'),
    ).toMatchObject([
      { line: 1, column: 11, message: 'currency must be a currency code of ISO 4217 such as EUR; got "euro". Did you mean EUR?' },
      { line: 3, column: 15, message: 'fiscalYear.startMonth must be at most 12; got 13' },
      { line: 4, column: 7, message: 'seed must be a whole number; got 1.5' },
      { line: 5, column: 7, message: 'asOf must be a day that exists, as YYYY-MM-DD; got "2026-02-30"' },
      { line: 6, column: 19, message: 'engine.memory must be an amount of memory such as 4GB; got "lots"' },
    ])
  })

  test('a missing currency says how to write one', () => {
    expect(problemsOf('name: A\n')).toMatchObject([
      { message: 'currency is missing: must be a text', hint: expect.stringContaining('currency: EUR') },
    ])
  })

  test('a currency that was never in ISO 4217 is refused', () => {
    expect(problemsOf('currency: ABC')).toMatchObject([{ message: expect.stringContaining('got "ABC"') }])
  })

  test('broken YAML is told with line and column, and a setting given twice is refused', () => {
    expect(problemsOf('currency: EUR\nname: "open\n')[0]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) })
    expect(problemsOf('currency: EUR\ncurrency: USD\n')[0]).toMatchObject({ line: 2, column: 1, hint: 'Keep one of them.' })
  })

  test('periods must not overlap nor run backwards', () => {
    const text = (previousTo: string) =>
      `currency: EUR\nperiods:\n  current: { from: 2026-01-01, to: 2026-12-31 }\n  previous: { from: 2025-01-01, to: ${previousTo} }\n`
    expect(problemsOf(text('2025-12-31'))).toEqual([])
    expect(problemsOf(text('2026-01-31'))).toMatchObject([
      { line: 4, message: 'periods.previous.to must end before the current period begins' },
    ])
    expect(problemsOf(text('2024-01-31'))).toMatchObject([{ line: 4, message: expect.stringContaining('ends before it begins') }])
    expect(problemsOf('currency: EUR\nperiods: manual\n')).toMatchObject([{ line: 2, message: expect.stringContaining('got "manual"') }])
    expect(problemsOf('currency: EUR\nperiods:\n  curent: { from: 2026-01-01, to: 2026-12-31 }\n').map((p) => p.message)).toContain(
      'there is no setting "periods.curent"',
    )
  })

  test('an empty or a wrong kind of file is refused, not crashed on', () => {
    for (const text of ['', '42', '- a\n- b\n', 'null', '&a [*a, *a]']) expect(problemsOf(text).length).toBeGreaterThan(0)
  })

  test('an alias bomb is refused', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`).join('\n')
    expect(problemsOf(`a0: &a0 x\n${levels}\ncurrency: EUR\n`)[0].message).toMatch(/alias/i)
  })

  test('the JSON Schema for editors is the one that is committed', () => {
    const committed = JSON.parse(readFileSync(new URL('../../docs/reference/clientele.schema.json', import.meta.url), 'utf8'))
    expect(configJsonSchema()).toEqual(committed)
  })
})
