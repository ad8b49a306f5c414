import type { ImportAnswers, Question } from '../../parts/api.ts'

const direct = {
  'decimal-mark': 'decimalMark',
  'date-order': 'dateOrder',
  currency: 'currency',
  encoding: 'encoding',
  delimiter: 'delimiter',
  sheet: 'sheet',
  layout: 'layout',
} as const

/** An answer to a question in the form that the server takes it: its command-line option says where it belongs. */
export function answerTo(question: Question, value: string): ImportAnswers {
  const flag = /^--([a-z-]+)/.exec(question.option)?.[1] ?? question.id
  const field = /^--map\s+([\w.]+)=/.exec(question.option)?.[1]
  if (field) return { map: { [field]: value } }
  const key = direct[flag as keyof typeof direct] ?? direct[question.id as keyof typeof direct]
  if (key) return { [key]: value } as ImportAnswers
  return { answers: { [question.id]: value } } as ImportAnswers
}

export function mergeAnswers(list: ImportAnswers[]): ImportAnswers {
  const out: Record<string, unknown> = {}
  for (const answers of list) {
    for (const [key, value] of Object.entries(answers)) {
      out[key] = typeof value === 'object' && value !== null ? { ...(out[key] as object), ...value } : value
    }
  }
  return out as ImportAnswers
}
