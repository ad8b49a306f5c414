import { z } from 'zod'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { signOf } from '../../shared/decimal.ts'
import { formatCount, formatMoney, formatNumber, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { exchangePosition } from './contract.ts'
import * as query from './exchange.sql.ts'
import { type Connectors, connectorScale, guidance, nearestType, scoreExchange } from './exchange.ts'

const parameters = z.strictObject({})

/** From scores of the six drivers to what kind of exchange each customer should have, and where we give another. */
export const exchangeStep: Step<Record<string, never>> = {
  name: 'exchange-spectrum',
  title: 'Exchange by customer',
  reads: ['relationship_attr', 'customer_relationship', 'order'],
  readsIfPresent: ['customer_cost'],
  writes: [exchangePosition],
  unlock:
    'Load relationship attributes: six scores from 1 to 7 for each of your closest customers (alternatives, dynamism, importance, complexity, information exchange, operational linkages).',
  parameters,
  run: writeExchange,
}

const connectorsOf = (row: Row): Connectors | null => {
  const [legal, cooperation, sellerAdaptation, buyerAdaptation] = [
    row.legal_bonds,
    row.cooperative_norms,
    row.seller_adaptation,
    row.buyer_adaptation,
  ]
  if (legal === null || cooperation === null || sellerAdaptation === null || buyerAdaptation === null) return null
  return {
    information: Number(row.information_exchange),
    linkages: Number(row.operational_linkages),
    legal: Number(legal),
    cooperation: Number(cooperation),
    sellerAdaptation: Number(sellerAdaptation),
    buyerAdaptation: Number(buyerAdaptation),
  }
}

async function writeExchange(context: StepContext): Promise<void> {
  const { warehouse, signal, asOf } = context
  const rows = await warehouse.rows(query.latestScores(warehouse.dialect, asOf), { signal })
  const scale = connectorScale(rows.flatMap((row) => connectorsOf(row) ?? []))
  const scored = rows.map((row) => {
    const score = scoreExchange({
      alternatives: Number(row.alternatives),
      dynamism: Number(row.dynamism),
      importance: Number(row.importance),
      complexity: Number(row.complexity),
      information: Number(row.information_exchange),
      linkages: Number(row.operational_linkages),
    })
    const connectors = connectorsOf(row)
    return { row, score, type: connectors && nearestType(connectors, scale) }
  })
  const numbers = (pick: (one: (typeof scored)[number]) => number | null | undefined): Float64Array =>
    Float64Array.from(scored, (one) => pick(one) ?? Number.NaN)
  await warehouse.load(
    'exchange_score',
    {
      customer_id: scored.map(({ row }) => String(row.customer_id)),
      scored_on: scored.map(({ row }) => String(row.date)),
      situation: numbers(({ score }) => score.situation),
      behaviour: numbers(({ score }) => score.behaviour),
      score: numbers(({ score }) => score.score100),
      mismatch: numbers(({ score }) => score.mismatch),
      position: scored.map(({ score }) => score.position),
      fit: scored.map(({ score }) => score.fit),
      guidance: scored.map(({ score }) => guidance(score.position, score.fit)),
      type: scored.map(({ type }) => type?.type ?? null),
      type_distance: numbers(({ type }) => type?.distance),
      type_between: scored.map(({ type }) => type?.between ?? null),
      wallet: numbers(({ row }) => (row.share_of_wallet === null ? null : Number(row.share_of_wallet))),
    },
    {
      customer_id: 'varchar',
      scored_on: 'date',
      situation: 'double',
      behaviour: 'double',
      score: 'double',
      mismatch: 'double',
      position: 'varchar',
      fit: 'varchar',
      guidance: 'varchar',
      type: 'varchar',
      type_distance: 'double',
      type_between: 'boolean',
      wallet: 'double',
    },
  )
  await context.save(exchangePosition, query.exchangePositions(context.has('customer_cost')))
  await tell(context)
}

async function tell({ warehouse, signal, currency, finding }: StepContext): Promise<void> {
  const rows = await warehouse.rows(query.mismatches(), { signal })
  const [{ scored, share }] = (await warehouse.rows(query.scoredShare(), { signal })) as [Row]
  const doubt = `Scores of ${formatCount(Number(scored))} customers with ${formatRatio(Number(share ?? 0))} of the revenue, given by those who know them.`
  for (const fit of ['over-invested', 'under-invested'] as const) {
    const found = rows.filter((row) => row.fit === fit)
    if (found.length === 0) continue
    const named = found.slice(0, 3)
    const one = (row: Row): string =>
      `${row.name} (asks for ${formatNumber(Number(row.situation), { digits: 1 })}, gets ${formatNumber(Number(row.behaviour), { digits: 1 })} of 7${
        row.at_stake === null || signOf(String(row.at_stake)) <= 0
          ? ''
          : `; ${formatMoney(String(row.at_stake), currency, { compact: true })} a year at stake`
      })`
    finding({
      name: `exchange-${fit}`,
      text: `${formatCount(found.length)} ${found.length === 1 ? 'customer is' : 'customers are'} ${
        fit === 'over-invested' ? 'served more closely than the situation asks for' : 'asking for a closer exchange than we give'
      }: ${named.map(one).join('; ')}.`,
      doubt,
      action:
        fit === 'over-invested'
          ? 'Account management: streamline the exchange, unbundle services and price them as options.'
          : 'Account management: offer links, a joint plan and a sponsor before a rival does.',
      weight: fit === 'under-invested' ? 51 : 50,
      kind: 'bad',
      link: '/relationships#exchange',
      customers: named.map((row) => String(row.customer_id)),
    })
  }
}
