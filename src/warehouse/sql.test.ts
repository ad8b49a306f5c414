import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { duckdbDialect, trinoDialect } from './dialect.ts'
import { openDuckDB } from './duckdb.ts'
import type { Warehouse } from './port.ts'
import { id, join, literal, render, renderInline, sql } from './sql.ts'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openDuckDB()
})
afterAll(() => warehouse.close())

test('values become parameters and names are quoted, for each engine in its own way', () => {
  const query = sql`select ${id('order')} from ${id('s', 'a"b')} where x = ${'y'} and z in (${join([sql`${1}`, sql`${2}`])})`
  expect(render(query, duckdbDialect)).toEqual({
    text: 'select "order" from "s"."a""b" where x = $1 and z in ($2, $3)',
    values: ['y', 1, 2],
  })
  expect(render(query, trinoDialect)).toEqual({ text: 'select "order" from "s"."a""b" where x = ? and z in (?, ?)', values: ['y', 1, 2] })
})

test('any text comes back from the engine as it went in, as a parameter and as a literal', async () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.includes('\0'))
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const [row] = await warehouse.rows(sql`select ${text} as parameter`)
      expect(row.parameter).toBe(text)
      await warehouse.view('said', sql`select ${text} as inline`)
      expect(await warehouse.rows(sql`select inline from said`)).toEqual([{ inline: text }])
    }),
    { numRuns: 60, seed: 1, examples: [["'; drop table x; --"], ["\\' or 1=1"], ['"'], ['$1'], ['‮']] },
  )
})

test('any name can be a column', async () => {
  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((name) => !name.includes('\0'))
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      expect(await warehouse.describe(sql`select 1 as ${id(name)}`)).toEqual([{ name, type: 'INTEGER' }])
    }),
    { numRuns: 60, seed: 1 },
  )
})

test('a hole that is undefined is refused rather than sent as text', () => {
  expect(() => sql`select ${undefined as unknown as string}`).toThrow('hole 1 is undefined')
})

test('what cannot be a literal is refused', () => {
  expect(() => literal(Number.NaN)).toThrow('finite')
  expect(() => literal('a\0b')).toThrow('NUL')
  expect(() => renderInline(sql`select ${Number.POSITIVE_INFINITY}`, duckdbDialect)).toThrow('finite')
})
