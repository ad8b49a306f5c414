import { z } from '@hono/zod-openapi'
import { compareSnapshots } from '../../app/compare.ts'
import { tryScenario } from '../../app/cost-model.ts'
import { explainFigure, sourceLine } from '../../app/explain.ts'
import { glossary } from '../../app/glossary.ts'
import { type PortfolioPage, readCustomer, readPortfolio } from '../../app/portfolio.ts'
import { listSnapshots, readManifest } from '../../app/runs.ts'
import { searchWorkspace } from '../../app/search.ts'
import { simulateRemedy } from '../../app/simulate-remedy.ts'
import { UsageError } from '../../shared/errors.ts'
import type { Row } from '../../warehouse/port.ts'
import { contractBody, rowBody, tableRowBody } from '../bodies.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'
import { invalidRequest } from '../problem.ts'

/** A line can be as long as a file: what is shown of it. */
const mostLineCharacters = 4000

const keyCells = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))

interface Shown {
  contract: Parameters<typeof contractBody>[0]
  rows: Row[]
}

const exhibitBody = ({ contract, rows }: Shown) => ({
  contract: contractBody(contract),
  rows: rows.map((row) => tableRowBody(contract, row)),
})
const moversBody = ({ contract, gains, losses, statuses }: NonNullable<PortfolioPage['movers']>) => ({
  contract: contractBody(contract),
  gains: exhibitBody({ contract, rows: gains }).rows,
  losses: exhibitBody({ contract, rows: losses }).rows,
  statuses,
})
const exhibitOrNull = (exhibit: Shown | null) => exhibit && exhibitBody(exhibit)

export function pageHandlers({ workspace }: HandlerContext) {
  return {
    snapshots: async (c) => c.json({ snapshots: (await listSnapshots(workspace)).reverse() }, 200),
    snapshot: async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await readManifest(workspace, published(id)), 200)
    },
    comparison: async (c) => {
      const { a, b } = c.req.valid('query')
      const ids = [a, b].map(published)
      const [snapshots, comparison] = await Promise.all([
        listSnapshots(workspace),
        Promise.all(ids.map(async (id) => (await readManifest(workspace, id)).snapshot)).then(([first, second]) =>
          compareSnapshots(workspace, first, second, { signal: c.req.raw.signal }),
        ),
      ])
      const isCurrent = (id: string) => snapshots.some((snapshot) => snapshot.id === id && snapshot.current)
      return c.json(
        {
          ...comparison,
          a: { ...comparison.a, current: isCurrent(comparison.a.id) },
          b: { ...comparison.b, current: isCurrent(comparison.b.id) },
        },
        200,
      )
    },
    portfolio: async (c) => {
      const page = await readPortfolio(workspace, c.req.valid('query').snapshot)
      return c.json(
        {
          ...page,
          layers: exhibitOrNull(page.layers),
          whaleCurve: exhibitOrNull(page.whaleCurve),
          concentration: exhibitOrNull(page.concentration),
          months: exhibitOrNull(page.months),
          periods: exhibitOrNull(page.periods),
          bridge: exhibitOrNull(page.bridge),
          movers: page.movers && moversBody(page.movers),
          customers: {
            total: page.customers.total,
            unidentified: page.customers.unidentified && exhibitBody(page.customers.unidentified).rows[0],
          },
        },
        200,
      )
    },
    customer: async (c) => {
      const { id, snapshot } = c.req.valid('query')
      const page = await readCustomer(workspace, id, snapshot)
      const single = (shown: { contract: Shown['contract']; row: Row }) => ({
        contract: contractBody(shown.contract),
        row: tableRowBody(shown.contract, shown.row),
      })
      return c.json(
        {
          ...page,
          profit: single(page.profit),
          attributes: page.attributes && single(page.attributes),
          months: exhibitBody(page.months),
          products: { ...exhibitBody(page.products), total: page.products.total },
          orders: { ...exhibitBody(page.orders), total: page.orders.total },
          change: page.change && { ...single(page.change), periods: page.change.periods.map(rowBody) },
        },
        200,
      )
    },
    remedySimulation: async (c) => {
      const { remedy, customer, snapshot, ...judged } = c.req.valid('query')
      const numbers = Object.fromEntries(
        Object.entries(judged).map(([name, text]) => [name, text === undefined ? undefined : Number(text)]),
      )
      return c.json(await simulateRemedy(workspace, { remedy, customer, ...numbers }, snapshot), 200)
    },
    explain: async (c) => {
      const { table, column, where, snapshot, limit } = c.req.valid('query')
      const explanation = await explainFigure(workspace, {
        table,
        column,
        where: keyOf(where),
        ...(snapshot ? { snapshot } : {}),
        ...(limit ? { limit: Number(limit) } : {}),
      })
      const { sources, inputs, ...rest } = explanation
      return c.json(
        {
          ...rest,
          value: rowBody({ value: explanation.value }).value,
          where: rowBody(explanation.where),
          inputs: inputs.map((input) => ({ ...input, value: rowBody({ value: input.value }).value })),
          ...(sources ? { sources: { ...sources, sample: sources.sample.map(rowBody) } } : {}),
        },
        200,
      )
    },
    sourceLine: async (c) => {
      const { import: from, file, row } = c.req.valid('query')
      const found = await sourceLine(workspace, { import: from, file, row: Number(row) })
      return c.json({ line: found && { line: found.line, text: found.text.slice(0, mostLineCharacters) } }, 200)
    },
    whatIf: async (c) => {
      const { snapshot, ...scenario } = c.req.valid('json')
      return c.json(await tryScenario(workspace, scenario, snapshot), 200)
    },
    search: async (c) => {
      const { q, limit } = c.req.valid('query')
      return c.json({ hits: await searchWorkspace(workspace, q, Number(limit ?? 20)) }, 200)
    },
    glossary: (c) => c.json({ terms: [...glossary] }, 200),
  } satisfies Partial<Handlers>
}

/** `current` stands for the published snapshot, whichever it is. */
const published = (id: string): string | undefined => (id === 'current' ? undefined : id)

function keyOf(text: string): Record<string, string | number | null> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError('http.invalid', 'where: not JSON', { hint: 'Such as {"customer_id":"17850"}.' })
  }
  const parsed = keyCells.safeParse(value)
  if (!parsed.success) throw invalidRequest('where', parsed.error.issues)
  return parsed.data
}
