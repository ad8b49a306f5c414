/** MBG/NBD: as BG/NBD, but a customer may already leave after the first purchase (Batislam et al. 2007; Hoppe and Wagner 2007). */
import { betaGeometricModel } from './beta-geometric.ts'

/** The model; one-time buyers have a P(alive) below 1 that falls with time. */
export const mbgNbd = betaGeometricModel({ model: 'mbg-nbd', k: 1, dropsAtFirst: true })
