import { AppError } from '../../shared/errors.ts'
import { nearest } from '../../shared/nearest.ts'

/**
 * Time equations in readable text: how many minutes one event takes, from what made it long.
 *
 *   8 + 2 * lines + if(rush, 15, 0) + if(ship_mode = "express", 4, 0)
 *
 * Kaplan & Anderson (2004): t = beta0 + sum of beta_i x_i, with interactions as products or conditions. The grammar knows numbers, text in
 * double quotes, drivers by name, + - * /, comparisons (= != < <= > >=), and, or, not, if(condition, then, else), min(...), max(...), round(x). Nothing is ever
 * evaluated as code: text becomes a tree, the tree is checked against the drivers there are, and is then computed here or compiled to SQL.
 */
export type DriverType = 'number' | 'boolean' | 'text'

export type Expression =
  | { kind: 'number'; value: number; at: number }
  | { kind: 'text'; value: string; at: number }
  | { kind: 'driver'; name: string; at: number }
  | { kind: 'call'; name: FunctionName; of: Expression[]; at: number }
  | { kind: 'unary'; operator: '-' | 'not'; of: Expression; at: number }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; at: number }

export type FunctionName = 'if' | 'min' | 'max' | 'round'
export type BinaryOperator = '+' | '-' | '*' | '/' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or'

export interface TimeEquation {
  source: string
  /** The tree of the minutes, checked: its type is a number. */
  expression: Expression
  /** Drivers that it uses, in order of appearance. */
  drivers: string[]
}

/** Longest text and deepest nesting that is read: a hostile equation must not exhaust the stack. */
const maxLength = 4000
const maxDepth = 60

/**
 * Reads an equation and checks it against the drivers that exist.
 * @throws AppError `equation` with one problem that points at the character (column, from 1).
 */
export function parseTimeEquation(source: string, drivers: Readonly<Record<string, DriverType>>): TimeEquation {
  if (source.length > maxLength) throw wrong(source.slice(0, 60), 0, `the equation is longer than ${maxLength} characters`)
  const parser = new Parser(source)
  const expression = parser.read()
  const used: string[] = []
  const type = typeOf(expression, { source, drivers, used })
  if (type !== 'number') throw wrong(source, expression.at, `an equation must give minutes, a number; this gives ${nameOf(type)}`)
  return { source, expression, drivers: used }
}

interface Token {
  kind: 'number' | 'text' | 'name' | 'sign' | 'end'
  text: string
  at: number
}

const tokenPattern = /\s*(?:(\d+(?:\.\d+)?)|"([^"\n]*)"|([A-Za-z_][A-Za-z0-9_]*)|(!=|<=|>=|==|[-+*/(),=<>]))/y

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  for (;;) {
    tokenPattern.lastIndex = position
    const match = tokenPattern.exec(source)
    if (!match) break
    const [all, number, text, name, sign] = match
    const at = position + all.length - all.trimStart().length
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (text !== undefined) tokens.push({ kind: 'text', text, at })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at })
    else tokens.push({ kind: 'sign', text: sign === '==' ? '=' : sign, at })
    position += all.length
  }
  const rest = source.slice(position)
  if (rest.trim() !== '') {
    const at = position + rest.length - rest.trimStart().length
    throw wrong(source, at, source[at] === '"' ? 'this text has no closing quote' : `the character ${source[at]} means nothing here`)
  }
  tokens.push({ kind: 'end', text: '', at: source.length })
  return tokens
}

/** A recursive descent from the loosest operator (or) to the tightest. */
class Parser {
  private readonly source: string
  private readonly tokens: Token[]
  private position = 0
  private depth = 0

  constructor(source: string) {
    this.source = source
    this.tokens = tokensOf(source)
  }

  read(): Expression {
    if (this.tokens.length === 1) throw wrong(this.source, 0, 'the equation is empty')
    const expression = this.or()
    const next = this.peek()
    if (next.kind !== 'end') throw wrong(this.source, next.at, `expected an operator or the end; got ${next.text}`)
    return expression
  }

  private or(): Expression {
    return this.chain(['or'], () => this.and())
  }

  private and(): Expression {
    return this.chain(['and'], () => this.comparison())
  }

  private comparison(): Expression {
    const left = this.sum()
    const operator = this.take('=', '!=', '<=', '>=', '<', '>')
    if (!operator) return left
    const right = this.sum()
    const again = this.peek()
    if (['=', '!=', '<=', '>=', '<', '>'].includes(again.text) && again.kind === 'sign') {
      throw wrong(this.source, again.at, 'comparisons cannot be chained; join two with and')
    }
    return { kind: 'binary', operator: operator.text as BinaryOperator, left, right, at: operator.at }
  }

  private sum(): Expression {
    return this.chain(['+', '-'], () => this.product())
  }

  private product(): Expression {
    return this.chain(['*', '/'], () => this.unary())
  }

  private chain(operators: BinaryOperator[], next: () => Expression): Expression {
    let left = next()
    for (let operator = this.take(...operators); operator; operator = this.take(...operators)) {
      left = { kind: 'binary', operator: operator.text as BinaryOperator, left, right: next(), at: operator.at }
    }
    return left
  }

  private unary(): Expression {
    const operator = this.take('-', 'not')
    if (!operator) return this.primary()
    return this.nested(operator, () => ({ kind: 'unary', operator: operator.text as '-' | 'not', of: this.unary(), at: operator.at }))
  }

  private primary(): Expression {
    const token = this.tokens[this.position]
    if (token.kind === 'number') {
      this.position++
      return { kind: 'number', value: Number(token.text), at: token.at }
    }
    if (token.kind === 'text') {
      this.position++
      return { kind: 'text', value: token.text, at: token.at }
    }
    if (token.text === '(') {
      this.position++
      return this.nested(token, () => {
        const inner = this.or()
        this.expect(')')
        return inner
      })
    }
    if (token.kind === 'name' && !['and', 'or', 'not'].includes(token.text)) {
      this.position++
      return this.take('(') ? this.nested(token, () => this.call(token)) : { kind: 'driver', name: token.text, at: token.at }
    }
    throw wrong(
      this.source,
      token.at,
      token.kind === 'end' ? 'the equation ends too early' : `expected a number, a driver or (; got ${token.text}`,
    )
  }

  private call(name: Token): Expression {
    const of: Expression[] = []
    do of.push(this.or())
    while (this.take(','))
    this.expect(')')
    if (!isFunction(name.text)) {
      throw wrong(this.source, name.at, `there is no function ${name.text}; there are ${Object.keys(functions).join(', ')}`)
    }
    const [least, most] = functions[name.text]
    if (!(of.length >= least && of.length <= most)) {
      throw wrong(this.source, name.at, `${name.text} takes ${least === most ? least : `at least ${least}`} values; got ${of.length}`)
    }
    return { kind: 'call', name: name.text, of, at: name.at }
  }

  private nested<T>(token: Token, read: () => T): T {
    if (++this.depth > maxDepth) throw wrong(this.source, token.at, `nested deeper than ${maxDepth} levels`)
    const result = read()
    this.depth--
    return result
  }

  private peek(): Token {
    return this.tokens[this.position]
  }

  private take(...texts: string[]): Token | undefined {
    const token = this.peek()
    if (token.kind === 'text' || token.kind === 'number' || !texts.includes(token.text)) return undefined
    this.position++
    return token
  }

  private expect(text: string): void {
    const token = this.peek()
    if (!this.take(text))
      throw wrong(this.source, token.at, `expected ${text}${token.kind === 'end' ? ' before the end' : `; got ${token.text}`}`)
  }
}

/** Fewest and most values that a function takes. */
const functions: Record<FunctionName, [number, number]> = {
  if: [3, 3],
  min: [2, Number.POSITIVE_INFINITY],
  max: [2, Number.POSITIVE_INFINITY],
  round: [1, 1],
}

const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name)

interface Scope {
  source: string
  drivers: Readonly<Record<string, DriverType>>
  used: string[]
}

function typeOf(expression: Expression, scope: Scope): DriverType {
  switch (expression.kind) {
    case 'number':
      return 'number'
    case 'text':
      return 'text'
    case 'driver': {
      if (!Object.hasOwn(scope.drivers, expression.name)) throw unknownDriver(expression.name, expression.at, scope)
      if (!scope.used.includes(expression.name)) scope.used.push(expression.name)
      return scope.drivers[expression.name]
    }
    case 'unary':
      return demand(expression.of, expression.operator === 'not' ? 'boolean' : 'number', expression.operator, scope)
    case 'binary':
      return typeOfBinary(expression, scope)
    case 'call': {
      if (expression.name !== 'if') {
        for (const value of expression.of) demand(value, 'number', expression.name, scope)
        return 'number'
      }
      demand(expression.of[0], 'boolean', 'if', scope)
      const type = typeOf(expression.of[1], scope)
      demand(expression.of[2], type, 'if', scope)
      return type
    }
  }
}

function typeOfBinary(expression: Extract<Expression, { kind: 'binary' }>, scope: Scope): DriverType {
  const { operator, left, right } = expression
  if (operator === 'and' || operator === 'or') {
    demand(left, 'boolean', operator, scope)
    return demand(right, 'boolean', operator, scope)
  }
  if (operator === '=' || operator === '!=') {
    demand(right, typeOf(left, scope), operator, scope)
    return 'boolean'
  }
  demand(left, 'number', operator, scope)
  demand(right, 'number', operator, scope)
  return ['+', '-', '*', '/'].includes(operator) ? 'number' : 'boolean'
}

function demand(expression: Expression, wanted: DriverType, by: string, scope: Scope): DriverType {
  const type = typeOf(expression, scope)
  if (type !== wanted) throw wrong(scope.source, expression.at, `${by} needs ${nameOf(wanted)} here; got ${nameOf(type)}`)
  return type
}

function unknownDriver(name: string, at: number, scope: Scope): AppError {
  const names = Object.keys(scope.drivers)
  const close = nearest(name, names)
  return wrong(
    scope.source,
    at,
    `there is no driver ${name}${close ? `; did you mean ${close}?` : ''}`,
    `Drivers that exist: ${names.join(', ') || 'none'}.`,
  )
}

const nameOf = (type: DriverType): string => ({ number: 'a number', boolean: 'a yes or no', text: 'a text' })[type]

function wrong(source: string, at: number, message: string, hint?: string): AppError {
  return new AppError('equation', `time equation, column ${at + 1}: ${message}`, {
    problems: [{ column: at + 1, message: `${source}\n${' '.repeat(at)}^ ${message}`, ...(hint ? { hint } : {}) }],
    ...(hint ? { hint } : {}),
  })
}

export type DriverValue = number | boolean | string

/** Minutes of one event. Division by zero gives 0, as in SQL where a missing driver counts as 0, no or empty. */
export function evaluateMinutes(equation: TimeEquation, drivers: Readonly<Record<string, DriverValue>>): number {
  return compute(equation.expression, drivers) as number
}

function compute(expression: Expression, drivers: Readonly<Record<string, DriverValue>>): DriverValue {
  switch (expression.kind) {
    case 'number':
    case 'text':
      return expression.value
    case 'driver':
      return drivers[expression.name]
    case 'unary': {
      const value = compute(expression.of, drivers)
      return expression.operator === 'not' ? !value : -(value as number)
    }
    case 'call': {
      if (expression.name === 'if') return compute(expression.of[compute(expression.of[0], drivers) ? 1 : 2], drivers)
      const values = expression.of.map((value) => compute(value, drivers) as number)
      return expression.name === 'round' ? roundHalfAway(values[0]) : Math[expression.name](...values)
    }
    case 'binary':
      return computeBinary(expression.operator, compute(expression.left, drivers), compute(expression.right, drivers))
  }
}

/** Half away from zero, as SQL rounds; JavaScript's own rounds -2.5 up. */
const roundHalfAway = (x: number): number => Math.sign(x) * Math.round(Math.abs(x))

function computeBinary(operator: BinaryOperator, left: DriverValue, right: DriverValue): DriverValue {
  const [a, b] = [left as number, right as number]
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return b === 0 ? 0 : a / b
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    case 'and':
      return Boolean(left) && Boolean(right)
    case 'or':
      return Boolean(left) || Boolean(right)
  }
}
