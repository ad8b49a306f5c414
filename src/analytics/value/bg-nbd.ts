/** BG/NBD: random purchase timing, a chance to leave after each repeat purchase (Fader, Hardie and Lee 2005). */
import { betaGeometricModel } from './beta-geometric.ts'

/** The model; P(alive) of a customer without repeat purchase is 1 by its assumptions. */
export const bgNbd = betaGeometricModel({ model: 'bg-nbd', k: 1, dropsAtFirst: false })
