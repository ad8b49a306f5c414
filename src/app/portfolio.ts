import { unidentified } from '../analytics/profitability/contract.ts'
import type { Check, Figure, Finding } from '../pipeline/step.ts'
import { formatCounted } from '../shared/format.ts'
import type { TableContract } from '../warehouse/contract/index.ts'
import type { Row } from '../warehouse/port.ts'
import { id as name, type Sql, sql } from '../warehouse/sql.ts'
import { type OpenSnapshot, withSnapshot } from './open-snapshot.ts'
import { type PageSnapshot, snapshotOf } from './page-snapshot.ts'
import { changeByStatus, countCustomers, movers } from './portfolio.sql.ts'
import type { Workspace } from './workspace.ts'

export { readCustomer } from './customer.ts'

type Contract = Omit<TableContract, 'schema'>

interface Exhibit {
  contract: Contract
  rows: Row[]
}

/** Everything that the Portfolio page shows but the customer table. */
export interface PortfolioPage {
  workspace: { name: string; currency: string }
  snapshot: PageSnapshot
  /** The finding that the page bears as its title. */
  title: string
  figures: Figure[]
  findings: Finding[]
  layers: Exhibit | null
  whaleCurve: Exhibit | null
  concentration: Exhibit | null
  months: Exhibit | null
  periods: Exhibit | null
  bridge: Exhibit | null
  movers: {
    contract: Contract
    gains: Row[]
    losses: Row[]
    statuses: { status: string; customers: number; previous: string; current: string; change: string }[]
  } | null
  customers: { total: number; unidentified: Exhibit | null }
  checks: Check[]
  skipped: { step: string; title: string; missing: string[]; unlock: string }[]
  inputs: { import: string; files: string[]; rows: number }[]
}

const mostMovers = 12
const remembered = 'portfolio page'

/** Reads what the Portfolio page shows, by default from the published snapshot. A table that the run skipped is null. */
export async function readPortfolio(workspace: Workspace, snapshot?: string): Promise<PortfolioPage> {
  return withSnapshot(workspace, snapshot, async (open) => {
    const exhibits = (open.answers.get(remembered) as Promise<Exhibits> | undefined) ?? readExhibits(open)
    open.answers.set(remembered, exhibits)
    const found = await exhibits.catch((error) => {
      open.answers.delete(remembered)
      throw error
    })
    const { manifest } = open
    return {
      workspace: { name: workspace.config.name, currency: manifest.currency },
      snapshot: await snapshotOf(workspace, manifest),
      title: titleOf(manifest.findings, found.customers.total),
      figures: manifest.figures,
      findings: manifest.findings,
      ...found,
      checks: manifest.checks,
      skipped: manifest.skipped,
      inputs: manifest.inputs.map(({ import: id, files, rows }) => ({ import: id, files, rows })),
    }
  })
}

type Exhibits = Pick<PortfolioPage, 'layers' | 'whaleCurve' | 'concentration' | 'months' | 'periods' | 'bridge' | 'movers' | 'customers'>

async function readExhibits(open: OpenSnapshot): Promise<Exhibits> {
  const { warehouse, tables } = open
  const exhibit = async (table: string, orderBy: Sql): Promise<Exhibit | null> => {
    const contract = tables.get(table)
    return contract ? { contract, rows: await warehouse.rows(sql`select * from ${name(table)} order by ${orderBy}`) } : null
  }
  const [layers, whaleCurve, concentration, months, periods, bridge, moved, customers] = await Promise.all([
    exhibit('layer', sql`position`),
    exhibit('whale_curve', sql`rank`),
    exhibit('concentration', sql`position`),
    exhibit('month_profit', sql`month`),
    exhibit('period', sql`from_date`),
    exhibit('bridge', sql`position`),
    readMovers(open),
    readCustomers(open),
  ])
  return { layers, whaleCurve, concentration, months, periods, bridge, movers: moved, customers }
}

async function readMovers({ warehouse, tables }: OpenSnapshot): Promise<PortfolioPage['movers']> {
  const contract = tables.get('customer_change')
  if (!contract) return null
  const [gains, losses, statuses] = await Promise.all([
    warehouse.rows(movers('up', mostMovers)),
    warehouse.rows(movers('down', mostMovers)),
    warehouse.rows(changeByStatus()),
  ])
  return {
    contract,
    gains,
    losses,
    statuses: statuses.map(({ status, customers, previous, current, change }) => ({
      status: String(status),
      customers: Number(customers),
      previous: String(previous),
      current: String(current),
      change: String(change),
    })),
  }
}

async function readCustomers({ warehouse, tables }: OpenSnapshot): Promise<PortfolioPage['customers']> {
  const contract = tables.get('customer_profit')
  if (!contract) return { total: 0, unidentified: null }
  const [[count], [rest]] = await Promise.all([
    warehouse.rows(countCustomers()),
    warehouse.rows(sql`select * from customer_profit where customer_id = ${unidentified}`),
  ])
  return { total: Number(count.customers), unidentified: rest ? { contract, rows: [rest] } : null }
}

/** What the run found weightiest about the business; findings about the data stand below. */
function titleOf(findings: readonly Finding[], customers: number): string {
  const first = findings.find(({ kind }) => kind !== 'data')
  return first?.text ?? `${formatCounted(customers, 'customer')} in the portfolio`
}
