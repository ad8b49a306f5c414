import { join, type Sql, sql } from '../../warehouse/sql.ts'
import type { BinaryOperator, Expression, TimeEquation } from './time-equation.ts'

/**
 * The minutes of one event as SQL, a double. `driverOf` gives the SQL of a driver: a double, a boolean or a varchar, never null
 * (coalesce it to 0, false or ''). In what DuckDB and Trino share.
 */
export function minutesSql(equation: TimeEquation, driverOf: (name: string) => Sql): Sql {
  return toSql(equation.expression, driverOf)
}

const operators: Record<BinaryOperator, Sql> = {
  '+': sql` + `,
  '-': sql` - `,
  '*': sql` * `,
  '/': sql` / `,
  '=': sql` = `,
  '!=': sql` <> `,
  '<': sql` < `,
  '<=': sql` <= `,
  '>': sql` > `,
  '>=': sql` >= `,
  and: sql` and `,
  or: sql` or `,
}

function toSql(expression: Expression, driverOf: (name: string) => Sql): Sql {
  const inner = (part: Expression) => toSql(part, driverOf)
  switch (expression.kind) {
    case 'number':
      return sql`cast(${expression.value} as double)`
    case 'text':
      return sql`cast(${expression.value} as varchar)`
    case 'driver':
      return driverOf(expression.name)
    case 'unary':
      return expression.operator === 'not' ? sql`(not ${inner(expression.of)})` : sql`(- ${inner(expression.of)})`
    case 'binary': {
      if (expression.operator === '/') return sql`coalesce(${inner(expression.left)} / nullif(${inner(expression.right)}, 0), 0)`
      return sql`(${inner(expression.left)}${operators[expression.operator]}${inner(expression.right)})`
    }
    case 'call': {
      const values = expression.of.map(inner)
      if (expression.name === 'if') return sql`case when ${values[0]} then ${values[1]} else ${values[2]} end`
      if (expression.name === 'round') return sql`round(${values[0]})`
      return expression.name === 'min' ? sql`least(${join(values)})` : sql`greatest(${join(values)})`
    }
  }
}
