import { expect, test } from 'vitest'
import type { Row, Warehouse } from '../../src/warehouse/port.ts'
import { render, type Sql } from '../../src/warehouse/sql.ts'
import { trinoProblems } from './trino-grammar.ts'

/** One SQL function with arguments, and the rows that one finds by hand. */
export interface SqlCase {
  /** Name of the exported function. */
  of: string
  /** What is special about this call. */
  when?: string
  query: Sql | ((warehouse: Warehouse) => Sql)
  /** Exactly these rows, in this order; or as many as the query gives without order, sorted by all columns on both sides. */
  rows: Row[]
  ordered?: boolean
}

/** Types that DuckDB and Trino share; HUGEINT, for one, is the mark of an integer sum that was not cast. */
const shared = /^(BIGINT|INTEGER|DOUBLE|BOOLEAN|VARCHAR|DATE|DECIMAL\(\d+,\d+\))$/

/**
 * Checks SQL functions three ways: rows worked out by hand on DuckDB, EXPLAIN and the types of all columns on columns of the real types,
 * and the grammar of Trino. The SQL is printed when one fails.
 */
export function checkSql(warehouseOf: () => Warehouse, cases: readonly SqlCase[]): void {
  for (const { of, when, query, rows, ordered } of cases) {
    test(`${of}${when ? `, ${when}` : ''}`, async () => {
      const warehouse = warehouseOf()
      const piece = typeof query === 'function' ? query(warehouse) : query
      const { text } = render(piece, warehouse.dialect)
      const plan = await warehouse.explain(piece).catch((error: Error) => `FAILED ${error.message}`)
      expect(plan, text).not.toMatch(/^FAILED/)
      for (const { name, type } of await warehouse.describe(piece))
        expect(`${name} ${type}`, text).toMatch(new RegExp(shared.source.replace('^', ' ')))
      expect(await trinoProblems(piece), text).toEqual([])
      const found = await warehouse.rows(piece)
      if (ordered) expect(found, text).toEqual(rows)
      else expect(sorted(found), text).toEqual(sorted(rows))
    })
  }
}

/** That no exported function is forgotten. */
export function checkAllCovered(modules: Record<string, unknown>[], cases: readonly SqlCase[], elsewhere: readonly string[] = []): void {
  test('every exported SQL function is checked', () => {
    const functions = modules.flatMap((module) => Object.keys(module).filter((name) => typeof module[name] === 'function'))
    const checked = new Set([...cases.map(({ of }) => of), ...elsewhere])
    expect(functions.filter((name) => !checked.has(name))).toEqual([])
  })
}

const sorted = (rows: Row[]): Row[] => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
