import { describe, expect, it } from 'vitest'
import { allResultTables } from '../analytics/index.ts'
import { canonicalTables } from '../warehouse/contract/index.ts'
import { findTerms, glossary } from './glossary.ts'

const tables = new Map([...canonicalTables, ...allResultTables].map((table) => [table.name, table]))

describe('glossary', () => {
  it('has at least sixty terms, each once', () => {
    expect(glossary.length).toBeGreaterThanOrEqual(60)
    expect(new Set(glossary.map(({ id }) => id)).size).toBe(glossary.length)
    expect(new Set(glossary.map(({ term }) => term.toLowerCase())).size).toBe(glossary.length)
  })

  it('each meaning is two sentences', () => {
    for (const { term, meaning } of glossary) {
      expect(meaning.match(/[.?](?= [A-Z1-9]|$)/g)?.length, `${term}: ${meaning}`).toBe(2)
    }
  })

  it('terms to read next exist and are others', () => {
    const ids = new Set(glossary.map(({ id }) => id))
    for (const { id, see } of glossary) for (const other of see) expect(ids.has(other) && other !== id, `${id} -> ${other}`).toBe(true)
  })

  it('columns that a term names exist', () => {
    for (const { id, shownIn } of glossary) {
      for (const place of shownIn) {
        const [table, column] = place.split(/[.=]/)
        expect(tables.get(table)?.columns[column], `${id}: ${place}`).toBeDefined()
      }
    }
  })

  it('every layer of the customer table has its term', () => {
    const shown = new Set(glossary.flatMap(({ shownIn }) => shownIn))
    const layers = Object.entries(tables.get('customer_profit')!.columns).filter(([, { type }]) => type === 'money_sum')
    for (const [column] of layers) expect(shown.has(`customer_profit.${column}`), column).toBe(true)
  })

  it('a term is found by its name, by what others call it and by what is said about it', () => {
    expect(findTerms('whale')[0].id).toBe('whale-curve')
    expect(findTerms('COGS')[0].id).toBe('product-cost')
    expect(findTerms('Spearman’s rho'.replace('’', "'"))[0].id).toBe('rank-correlation')
    expect(findTerms('byte for byte')[0].id).toBe('manifest')
    expect(findTerms('  ')).toEqual([])
    expect(findTerms('no such thing at all')).toEqual([])
  })
})
