/** What every model of repeat purchases answers; each lives in its own file and they can be exchanged for one another. */
import type { Random } from '../../math/random.ts'
import type { PurchaseCells } from './cells.ts'
import type { Fit } from './fit.ts'

export interface FitOptions {
  /** Customers who bought again, below which the fit is refused; defaults to 50, with a prior to 10. */
  minimumRepeatBuyers?: number
  /**
   * Standard deviation of a weak normal prior on the log-parameters, for small bases: 2 says that each is likely within a factor of 50 of
   * its centre. Centres: 1 for r, s, a and b; what the data's own rate and length give for alpha and beta. None when left out.
   */
  prior?: number
}

export interface SimulatedHistories extends PurchaseCells {
  logIntervals: Float64Array
  /** Purchases in (T, T + horizon]. */
  future: Float64Array
  /** 1 where the customer is still active at T. */
  alive: Float64Array
}

/** Times (t, tx, T) share one unit; delta is a continuous discount rate per that unit: ln(1 + d) / 52 for d a year and weeks. */
export interface HistoryModel<Parameters> {
  name: string
  parameterNames: readonly (keyof Parameters & string)[]
  /** Total over customers, without constant factors, as the literature has it; -Infinity never, NaN never for valid cells. */
  logLikelihood(cells: PurchaseCells, parameters: Parameters): number
  fit(cells: PurchaseCells, options?: FitOptions): Fit<Parameters>
  /** Chance that the customer is still active at T. */
  probabilityAlive(parameters: Parameters, x: number, tx: number, T: number): number
  /** Expected repeat purchases of a new customer in (0, t]. */
  expectedTransactions(parameters: Parameters, t: number): number
  /** Expected purchases in (T, T + t] of a customer with this history. */
  conditionalExpectedTransactions(parameters: Parameters, t: number, x: number, tx: number, T: number): number
  /** All future purchases, each discounted to T: DERT. */
  discountedExpectedTransactions(parameters: Parameters, delta: number, x: number, tx: number, T: number): number
  /** P(0), ..., P(most) purchases of a new customer in (0, t] or, with a history, in (T, T + t]. */
  distribution(parameters: Parameters, t: number, most: number, history?: { x: number; tx: number; T: number }): Float64Array
  /** One customer for each T, and what they buy in the horizon after it. */
  simulate(random: Random, parameters: Parameters, T: ArrayLike<number>, horizon?: number): SimulatedHistories
}
