import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvScanner, type CsvShape, decodeCell, encodeCell } from './csv-scanner.ts'

const comma: CsvShape = { delimiter: 44, quote: 34, escape: 0 }
const wide = { columns: 100, rowBytes: 1_000_000 }

interface Seen {
  row: number
  line: number
  problem: string
  field: number
  cells: string[] | null
}

/** Scans text, handed over in pieces that end at the given places, as a file would be read. */
function scanAll(text: string | Buffer, cuts: number[] = [], shape = comma, limits = wide, expectedFields = 0): Seen[] {
  const bytes = Buffer.from(text as string)
  const scanner = new CsvScanner(shape, limits)
  scanner.expectedFields = expectedFields
  const seen: Seen[] = []
  const listener = (s: CsvScanner) => {
    const sound = s.problem === 'none'
    seen.push({ row: s.row, line: s.line, problem: s.problem, field: sound ? 0 : s.problemField, cells: sound ? s.cells() : null })
    s.to = s.from
  }
  let from = 0
  for (const cut of [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)) {
    // A copy, because the scanner must not look beyond what it was given.
    const piece = Buffer.from(bytes.subarray(from, cut))
    from += scanner.scan(piece, piece.length, false, listener)
  }
  const rest = Buffer.from(bytes.subarray(from))
  scanner.scan(rest, rest.length, true, listener)
  return seen
}

const cellsOf = (text: string, shape = comma) => scanAll(text, [], shape).map(({ cells, problem }) => cells ?? problem)

describe('the CSV scanner', () => {
  it('reads what RFC 4180 describes', () => {
    expect(cellsOf('aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n')).toEqual([
      ['aaa', 'bbb', 'ccc'],
      ['zzz', 'yyy', 'xxx'],
    ])
    expect(cellsOf('"aaa","b\r\nbb","ccc"\r\nzzz,yyy,xxx')).toEqual([
      ['aaa', 'b\r\nbb', 'ccc'],
      ['zzz', 'yyy', 'xxx'],
    ])
    expect(cellsOf('"aaa","b""bb","ccc"')).toEqual([['aaa', 'b"bb', 'ccc']])
    expect(cellsOf('a, b ,\n,,\n""')).toEqual([['a', ' b ', ''], ['', '', ''], ['']])
  })

  it('takes LF, CR LF and CR as line ends and counts blank lines as rows', () => {
    expect(scanAll('a\r\rb\n\r\nc').map(({ row, cells }) => [row, cells?.[0]])).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b'],
      [4, ''],
      [5, 'c'],
    ])
  })

  it('knows on which physical line a row starts', () => {
    expect(scanAll('a\n"b\r\nb\nb"\nc\n').map(({ row, line }) => [row, line])).toEqual([
      [1, 1],
      [2, 2],
      [3, 5],
    ])
  })

  it('gives up a broken quote at its line end and goes on', () => {
    expect(cellsOf('a\n"b"x,1\nc\n')).toEqual([['a'], 'quote-broken', ['c']])
    expect(cellsOf('"b,1\nc,"d"\ne\n')).toEqual(['quote-broken', ['c', 'd'], ['e']])
    expect(cellsOf('a\n"b\nc\nd')).toEqual([['a'], 'quote-unclosed', ['c'], ['d']])
  })

  it('forgives blanks behind a closing quote', () => {
    expect(cellsOf('"a"  ,"b" \n')).toEqual([['a', 'b']])
  })

  it('tells a forgotten quote from a text that is too long', () => {
    const limits = { columns: 10, rowBytes: 200 }
    const forgotten = `"a,b\n${'c,d\n'.repeat(100)}`
    expect(scanAll(`${forgotten}\n`, [300], comma, limits, 2)[0].problem).toBe('quote-unclosed')
    expect(scanAll(`${forgotten}\n`, [300], comma, limits, 2).length).toBe(102)
    const long = `"a${'text\n'.repeat(100)}",b\nc,d\n`
    expect(scanAll(long, [300], comma, limits, 2).map(({ problem, line }) => [problem, line])).toEqual([
      ['row-too-long', 1],
      ['none', 102],
    ])
  })

  it('reads backslashes where they escape quotes', () => {
    expect(cellsOf('"a\\"b","c\\\\","\\d"', { ...comma, escape: 92 })).toEqual([['a"b', 'c\\', '\\d']])
  })

  it('reads back every table that was written by the rules, however it is quoted, ended and cut', () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ',', ';', '"', '\n', '\r', ' ', '\x1e', '\x1f', 'n', '\u00e9', '\u20ac', '\u{1f600}') }),
      fc.string(),
    )
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }))
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 4 }),
        (rows, delimiter, end, always, last, cuts) => {
          const clean = rows.map((row) => row.map((value) => value.replaceAll('\0', '').toWellFormed()))
          const write = (value: string) =>
            always || /["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value
          const text = clean.map((row) => row.map(write).join(delimiter)).join(end) + (last ? end : '')
          const seen = scanAll(text, cuts, { ...comma, delimiter: delimiter.charCodeAt(0) })
          // A table that ends in one empty, unquoted cell ends without it.
          const expected = text.endsWith(end) || text === '' ? [...clean] : clean
          if (!last && expected.at(-1)?.length === 1 && expected.at(-1)?.[0] === '' && !always) expected.pop()
          expect(seen.map(({ cells }) => cells)).toEqual(expected)
          expect(seen.map(({ row }) => row)).toEqual(seen.map((_, i) => i + 1))
        },
      ),
      { numRuns: 500, seed: 1 },
    )
  })

  it('finds the same records whatever the pieces in which a file comes, be it ever so broken', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ',', '"', '"', '\n', '\r', ' ', '\0', '\x1e', '\\', '\u00e9', '\ufeff'),
      maxLength: 200,
    })
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.constantFrom(20, 50, 1000),
        fc.constantFrom(0, 92),
        fc.constantFrom(0, 3),
        (text, cuts, rowBytes, escaping, width) => {
          const shape = { ...comma, escape: escaping }
          const whole = scanAll(text, [], shape, { columns: 5, rowBytes: 1000 }, width)
          expect(scanAll(text, cuts, shape, { columns: 5, rowBytes: 1000 }, width)).toEqual(whole)
          // With rows longer than allowed the pieces may decide what is said about them, but nothing is looped over, lost or thrown.
          const short = scanAll(text, cuts, shape, { columns: 5, rowBytes }, width)
          expect(short.map(({ row }) => row)).toEqual(short.map((_, i) => i + 1))
        },
      ),
      { numRuns: 1000, seed: 2 },
    )
  })

  it('never lets a byte of a sound record go', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,5}(,[a-z]{0,5}){0,3}$/), { maxLength: 20 }), (lines) => {
        const text = lines.map((line) => `${line}\n`).join('')
        expect(
          scanAll(text)
            .map(({ cells }) => `${cells?.join(',')}\n`)
            .join(''),
        ).toBe(text)
      }),
      { seed: 3 },
    )
  })

  it('writes any text so that it can be read back from one line without quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\n', '\r', '\x1e', '\x1f', 'n', 'r', 'u', 's', 'x') }), (text) => {
        expect(encodeCell(text)).not.toMatch(/[\n\r]/)
        expect(encodeCell(text)).not.toContain('\x1f')
        expect(decodeCell(encodeCell(text))).toBe(text)
      }),
      { seed: 4 },
    )
  })
})
