import type { ImportOptions } from './types.ts'

/** Questions whose answer is an option of its own; the others stay answers by their id. */
const optionOf: Record<string, 'dateOrder' | 'decimalMark' | 'currency' | 'encoding' | 'delimiter' | 'sheet' | 'layout'> = {
  'date-order': 'dateOrder',
  'decimal-mark': 'decimalMark',
  currency: 'currency',
  encoding: 'encoding',
  delimiter: 'delimiter',
  sheet: 'sheet',
  layout: 'layout',
}

/** Options with the answers to questions put where they belong, so that a door may hand over answers by the id of the question alone. */
export function withAnswers(options: ImportOptions): ImportOptions {
  const { answers = {}, ...rest } = options
  const settled: ImportOptions = { ...rest }
  const left: Record<string, string> = {}
  for (const [id, value] of Object.entries(answers)) {
    const option = Object.hasOwn(optionOf, id) ? optionOf[id] : undefined
    if (option) Object.assign(settled, { [option]: value })
    else if (id.startsWith('map:')) settled.map = { ...settled.map, [id.slice(4)]: value }
    else left[id] = value
  }
  return { ...settled, answers: left }
}
