import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { trinoDialect } from '../../src/warehouse/dialect.ts'
import { render, type Sql } from '../../src/warehouse/sql.ts'

// The parser package is written for bundlers: its own imports leave out `.js` and `/index.js`, which Node insists on.
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier.startsWith('.') && context.parentURL?.includes('/dt-sql-parser/')) {
      for (const ending of ['.js', '/index.js']) {
        const url = new URL(specifier + ending, context.parentURL)
        if (existsSync(fileURLToPath(url))) return nextResolve(url.href, context)
      }
    }
    return nextResolve(specifier, context)
  },
})

interface Parser {
  validate(text: string): { message: string; startLine: number; startColumn: number }[]
}

let parser: Parser | undefined

/** What Trino's grammar finds wrong with the query, as it would be sent to Trino; with the SQL. Empty when nothing is. */
export async function trinoProblems(query: Sql): Promise<string[]> {
  if (!parser) {
    const path = 'dt-sql-parser/dist/parser/trino/index.js'
    const { TrinoSQL } = (await import(path)) as { TrinoSQL: new () => Parser }
    parser = new TrinoSQL()
  }
  const { text } = render(query, trinoDialect)
  return parser.validate(text).map(({ message, startLine, startColumn }) => `${startLine}:${startColumn} ${message}\n\n${text}`)
}
