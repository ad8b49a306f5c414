import { negateDecimal, sumDecimals } from '../shared/decimal.ts'

/** What a formula in words says, when it is arithmetic over known names: exact where only sums and differences occur. */
export type FormulaValue = { exact: string } | { float: number } | null

type Node = { name: string } | { op: '+' | '-' | '/' | 'x'; left: Node; right: Node }

/**
 * Reads a formula such as `net revenue - product cost` or `contribution / (net revenue - revenue without cost)`. Null when it is not
 * arithmetic over the given names (titles of columns, in any case).
 */
export function readFormula(text: string, names: readonly string[]): Node | null {
  const known = [...names].map((name) => name.toLowerCase()).sort((a, b) => b.length - a.length)
  const lower = text.toLowerCase()
  let at = 0
  const skip = () => {
    while (lower[at] === ' ') at++
  }
  const factor = (): Node | null => {
    skip()
    if (lower[at] === '(') {
      at++
      const inner = sum()
      skip()
      if (!inner || lower[at] !== ')') return null
      at++
      return inner
    }
    const name = known.find((one) => lower.startsWith(one, at) && /^($|[ )])/.test(lower.slice(at + one.length)))
    if (name === undefined) return null
    at += name.length
    return { name }
  }
  const chain = (operators: string, next: () => Node | null): Node | null => {
    let left = next()
    for (;;) {
      skip()
      const op = lower[at]
      if (!left || op === undefined || !operators.includes(op) || lower[at + 1] !== ' ') return left
      at++
      const right = next()
      if (!right) return null
      left = { op: op as '+', left, right }
    }
  }
  const product = () => chain('/x', factor)
  const sum = (): Node | null => chain('+-', product)
  const tree = sum()
  skip()
  return tree && at === lower.length ? tree : null
}

/** Whether a formula only adds and subtracts, so that sums over rows keep it true. */
export function isLinear(tree: Node): boolean {
  return 'name' in tree || ((tree.op === '+' || tree.op === '-') && isLinear(tree.left) && isLinear(tree.right))
}

/** Computes a formula. A missing value counts as nothing in a sum; where all are missing, so is the result. */
export function computeFormula(tree: Node, valueFor: (name: string) => string | number | null): FormulaValue {
  if ('name' in tree) {
    const value = valueFor(tree.name)
    return value === null
      ? null
      : typeof value === 'string'
        ? { exact: value }
        : Number.isInteger(value)
          ? { exact: String(value) }
          : { float: value }
  }
  const left = computeFormula(tree.left, valueFor)
  const right = computeFormula(tree.right, valueFor)
  if (tree.op === '+' || tree.op === '-') {
    if (left === null && right === null) return null
    if ((left === null || 'exact' in left) && (right === null || 'exact' in right)) {
      const addend = right?.exact ?? '0'
      return { exact: sumDecimals([left?.exact ?? '0', tree.op === '-' ? negateDecimal(addend) : addend]) }
    }
    return { float: (numberOf(left) ?? 0) + (tree.op === '-' ? -1 : 1) * (numberOf(right) ?? 0) }
  }
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a === null || b === null || (tree.op === '/' && b === 0)) return null
  return { float: tree.op === '/' ? a / b : a * b }
}

const numberOf = (value: FormulaValue): number | null => (value === null ? null : 'exact' in value ? Number(value.exact) : value.float)
