import type { ChartContext } from '../charts/index.ts'
import type { Manifest } from '../pipeline/manifest.ts'
import type { TableContract } from '../warehouse/contract/index.ts'
import type { ImportReport } from '../warehouse/load/report.ts'
import type { Row } from '../warehouse/port.ts'

/** Rows of a result table as a report needs them, with how many there are in all. */
export interface Exhibit {
  contract: Omit<TableContract, 'schema'>
  rows: Row[]
  total: number
  /** Sums over all rows of what can be summed, where asked for. */
  totals?: Row | undefined
  /** The rows after `rows`, in batches, where there are too many to hold. */
  more?: (() => AsyncIterable<Row[]>) | undefined
}

/**
 * Everything that a report or a workbook shows, gathered before anything is written: so both are functions of this and nothing else.
 * A table that the snapshot does not have is absent.
 */
export interface ReportData {
  /** The company, as clientele.yaml names it. */
  name: string
  manifest: Manifest
  /** Reports of the imports the snapshot was made from, as far as they are still there. */
  imports: ImportReport[]
  layers?: Exhibit | undefined
  months?: Exhibit | undefined
  /** The price waterfall of everybody and of each segment. */
  priceWaterfall?: Exhibit | undefined
  /** Each customer from list to pocket margin, over all data; largest first. */
  customerPrices?: Exhibit | undefined
  whaleCurve?: Exhibit | undefined
  concentration?: Exhibit | undefined
  periods?: Exhibit | undefined
  bridge?: Exhibit | undefined
  /** Identified customers, best first by profit measure. */
  customers?: Exhibit | undefined
  /** The other end of the customers where `customers` does not hold all: worst first. */
  worstCustomers?: Exhibit | undefined
  /** The largest by revenue, for size against profit. */
  largestCustomers?: Exhibit | undefined
  /** The row of lines without a customer. */
  unidentified?: Row | undefined
  products?: Exhibit | undefined
  worstProducts?: Exhibit | undefined
  /** Largest gain first. */
  changes?: Exhibit | undefined
  worstChanges?: Exhibit | undefined
  /** Models of customer value, what they told of the held-out part, and whether the data are of their kind. */
  valueModels?: Exhibit | undefined
  valueHoldout?: Exhibit | undefined
  valueCalibration?: Exhibit | undefined
  valueLift?: Exhibit | undefined
  valueAdvice?: Exhibit | undefined
  /** How many customers are new, returning, kept or lost. */
  changeCounts: { status: string; customers: number }[]
}

/** What charts need to know. */
export function chartContext(data: ReportData): ChartContext {
  const contribution = data.layers?.rows.find((row) => row.layer === 'contribution')
  return { currency: data.manifest.currency, measure: contribution?.available === true ? 'contribution' : 'net_revenue' }
}

/** The measure by which customers are ranked, as a heading. */
export const measureTitle = (context: ChartContext): string => (context.measure === 'contribution' ? 'Contribution' : 'Net revenue')
