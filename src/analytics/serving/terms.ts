import type { TimeEquation } from '../costing/index.ts'

type Expression = TimeEquation['expression']

/** One summand of a time equation: what made an event take its minutes. */
export interface Term {
  /** As one would write it: `2 * lines`. */
  text: string
  /** Drivers that it uses, in order of appearance; none for a constant. */
  drivers: string[]
  equation: TimeEquation
}

/**
 * The summands of a time equation: `8 + 2 * lines - if(rush, 1, 0)` has three. Products, conditions and functions stay whole. Their minutes
 * add up to the equation's for every event, so that a cost can be told by what drove it.
 */
export function termsOf(equation: TimeEquation): Term[] {
  return summands(equation.expression, 1).map((expression) => {
    const drivers: string[] = []
    collect(expression, drivers)
    const text = print(expression)
    return { text, drivers, equation: { source: text, expression, drivers } }
  })
}

function summands(expression: Expression, sign: 1 | -1): Expression[] {
  if (expression.kind === 'binary' && (expression.operator === '+' || expression.operator === '-')) {
    const right = expression.operator === '-' ? (-sign as 1 | -1) : sign
    return [...summands(expression.left, sign), ...summands(expression.right, right)]
  }
  if (expression.kind === 'unary' && expression.operator === '-') return summands(expression.of, -sign as 1 | -1)
  return [sign === 1 ? expression : { kind: 'unary', operator: '-', of: expression, at: expression.at }]
}

function collect(expression: Expression, names: string[]): void {
  if (expression.kind === 'driver' && !names.includes(expression.name)) names.push(expression.name)
  if (expression.kind === 'unary') collect(expression.of, names)
  if (expression.kind === 'call') for (const part of expression.of) collect(part, names)
  if (expression.kind === 'binary') {
    collect(expression.left, names)
    collect(expression.right, names)
  }
}

const strength: Record<string, number> = {
  or: 1,
  and: 2,
  '=': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
}

function print(expression: Expression, outer = 0): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value)
    case 'text':
      return `"${expression.value}"`
    case 'driver':
      return expression.name
    case 'unary':
      return `${expression.operator === 'not' ? 'not ' : '-'}${print(expression.of, 6)}`
    case 'call':
      return `${expression.name}(${expression.of.map((part) => print(part)).join(', ')})`
    case 'binary': {
      const own = strength[expression.operator]!
      const text = `${print(expression.left, own)} ${expression.operator} ${print(expression.right, own + 1)}`
      return own < outer ? `(${text})` : text
    }
  }
}
