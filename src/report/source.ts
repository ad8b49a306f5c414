import { listImports } from '../app/imports.ts'
import { readManifest } from '../app/runs.ts'
import { type Filter, readTable } from '../app/tables.ts'
import type { Workspace } from '../app/workspace.ts'
import type { Row } from '../warehouse/port.ts'
import type { Exhibit, ReportData } from './data.ts'

/** `paper` reads both ends of the long tables, `workbook` all of them, in batches. */
export type Extent = 'paper' | 'workbook'

const ends = 15

// The most that one question may ask for.
const batch = 10_000

interface Question {
  sort?: { column: string; descending: boolean }[]
  filters?: Filter[]
}

/** Gathers what a report or a workbook shows from a snapshot, by default the published one. */
export async function gatherReportData(workspace: Workspace, extent: Extent, snapshotId?: string): Promise<ReportData> {
  const manifest = await readManifest(workspace, snapshotId)
  const snapshot = manifest.snapshot
  const present = new Set(manifest.tables.map((table) => table.name))

  const first = async (name: string, question: Question, limit: number): Promise<Exhibit | undefined> => {
    if (!present.has(name)) return undefined
    const { contract, rows, total, totals } = await readTable(workspace, name, { snapshot, ...question, offset: 0, limit, totals: true })
    return { contract, rows, total, totals }
  }
  const all = async (name: string, question: Question): Promise<Exhibit | undefined> => {
    const exhibit = await first(name, question, batch)
    if (!exhibit || exhibit.total <= exhibit.rows.length) return exhibit
    return {
      ...exhibit,
      async *more(): AsyncIterable<Row[]> {
        for (let offset = exhibit.rows.length; offset < exhibit.total; ) {
          const { rows } = await readTable(workspace, name, { snapshot, ...question, offset, limit: batch })
          if (rows.length === 0) return
          offset += rows.length
          yield rows
        }
      },
    }
  }
  const up = (column: string) => ({ column, descending: false })
  const down = (column: string) => ({ column, descending: true })
  const long = (name: string, question: Question) => (extent === 'paper' ? first(name, question, ends) : all(name, question))
  const lowEnd = async (name: string, question: Question) => (extent === 'paper' ? first(name, question, ends) : undefined)

  const layers = await all('layer', { sort: [up('position')] })
  // Products are ranked as customers are: by contribution where cost is known, else by net revenue.
  const measure = layers?.rows.some((row) => row.layer === 'contribution' && row.available === true) ? 'contribution' : 'net_revenue'
  const identified: Filter[] = [{ column: 'identified', op: 'eq', value: true }]

  const changeCounts: ReportData['changeCounts'] = []
  for (const status of ['new', 'returning', 'kept', 'lost']) {
    const counted = await first('customer_change', { filters: [{ column: 'status', op: 'eq', value: status }] }, 1)
    if (counted) changeCounts.push({ status, customers: counted.total })
  }
  // On paper, movers are customers; in the workbook the unidentified row stays, so that sums tie.
  const named: Filter[] = extent === 'paper' ? [{ column: 'status', op: 'ne', value: 'unidentified' }] : []
  const unidentified = await first('customer_profit', { filters: [{ column: 'identified', op: 'eq', value: false }] }, 1)
  return {
    name: workspace.config.name,
    manifest,
    imports: (await listImports(workspace)).filter((report) => manifest.inputs.some((input) => input.import === report.id)),
    layers,
    months: await all('month_profit', { sort: [up('month')] }),
    priceWaterfall: await all('price_waterfall', { sort: [up('scope'), up('scope_key'), down('span'), up('position')] }),
    customerPrices:
      extent === 'workbook'
        ? await all('customer_price', {
            sort: [down('invoiced_revenue'), up('customer_id')],
            filters: [{ column: 'span', op: 'eq', value: 'whole' }],
          })
        : undefined,
    whaleCurve: await all('whale_curve', { sort: [up('rank')] }),
    concentration: await all('concentration', { sort: [up('position')] }),
    periods: await all('period', { sort: [up('from_date')] }),
    bridge: await all('bridge', { sort: [up('position')] }),
    customers: await long('customer_profit', { sort: [up('measure_rank')], filters: identified }),
    worstCustomers: await lowEnd('customer_profit', { sort: [down('measure_rank')], filters: identified }),
    largestCustomers:
      extent === 'paper' ? await first('customer_profit', { sort: [up('revenue_rank')], filters: identified }, 2000) : undefined,
    unidentified: unidentified?.rows[0],
    products: await long('product_profit', { sort: [down(measure), up('product_id')] }),
    worstProducts: await lowEnd('product_profit', { sort: [up(measure), up('product_id')] }),
    changes: await long('customer_change', { filters: named, sort: [down('change'), up('customer_id')] }),
    worstChanges: await lowEnd('customer_change', { filters: named, sort: [up('change'), up('customer_id')] }),
    valueModels: await all('value_model', { sort: [up('fitted_on'), up('kind'), up('misplaced'), up('model')] }),
    valueHoldout: await all('value_holdout', { sort: [up('week')] }),
    valueCalibration: await all('value_calibration', { sort: [up('model'), up('frequency')] }),
    valueLift: await all('value_lift', { sort: [up('model'), up('grouping'), up('tenth')] }),
    valueAdvice: await all('value_advice', { sort: [up('position')] }),
    changeCounts,
  }
}
