/** BdW: as sBG, but each customer's chance to leave may rise or fall with tenure (Fader, Hardie, Liu, Davin and Steenburgh 2018). */
import { fitRetention, type RetentionCells, type RetentionParameters } from './beta-retention.ts'
import type { Fit } from './fit.ts'

/** Fits BdW; c > 1 means the chance to leave rises with tenure. */
export function fitBdw(cells: RetentionCells): Fit<RetentionParameters> {
  return fitRetention('bdw', cells, 3)
}
