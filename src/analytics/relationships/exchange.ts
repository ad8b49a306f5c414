/** Where an exchange stands between transactional and collaborative, and whether it is treated as it should be. */
import { AppError } from '../../shared/errors.ts'

/** The six drivers, each 1 to 7 (Hutt & Speh, ch. 4, after Cannon & Perreault 1999). `alternatives`: 1 none, 7 many. */
export interface ExchangeDrivers {
  alternatives: number
  dynamism: number
  importance: number
  complexity: number
  information: number
  linkages: number
}

export const exchangeDrivers = ['alternatives', 'dynamism', 'importance', 'complexity', 'information', 'linkages'] as const

/** Mismatch beyond which an exchange counts as over- or under-invested, in points of the scale from 1 to 7. */
export const mismatchLimit = 1.5

export type ExchangePosition = 'transactional' | 'between' | 'collaborative'
export type ExchangeFit = 'fit' | 'over-invested' | 'under-invested'

export interface ExchangeScore {
  /** What the customer's situation asks for, 1 transactional to 7 collaborative: mean of (8 - alternatives), dynamism, importance, complexity. */
  situation: number
  /** How we trade now: mean of information exchange and operational linkages. */
  behaviour: number
  /** Both together, 0 to 100: (mean of all six - 1) / 6 x 100. */
  score100: number
  /** behaviour - situation. */
  mismatch: number
  position: ExchangePosition
  fit: ExchangeFit
}

/** Scores one customer from six drivers. */
export function scoreExchange(drivers: ExchangeDrivers): ExchangeScore {
  for (const name of exchangeDrivers) {
    const value = drivers[name]
    if (!(value >= 1 && value <= 7)) throw new AppError('relationship.driver', `${name} must be between 1 and 7; got ${value}`)
  }
  const wanted = [8 - drivers.alternatives, drivers.dynamism, drivers.importance, drivers.complexity]
  const lived = [drivers.information, drivers.linkages]
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const situation = mean(wanted)
  const behaviour = mean(lived)
  const mismatch = behaviour - situation
  return {
    situation,
    behaviour,
    score100: ((mean([...wanted, ...lived]) - 1) / 6) * 100,
    mismatch,
    position: situation < 3.5 ? 'transactional' : situation > 4.5 ? 'collaborative' : 'between',
    fit: mismatch > mismatchLimit ? 'over-invested' : mismatch < -mismatchLimit ? 'under-invested' : 'fit',
  }
}

/** What to do with an exchange of a position and fit: one sentence for an account manager. */
export function guidance(position: ExchangePosition, fit: ExchangeFit): string {
  if (fit === 'over-invested')
    return position === 'collaborative'
      ? 'We link more than even this situation asks for: check that each link earns its cost, and charge for what is wanted.'
      : 'Streamline: routine ordering, unbundle services and price them as options; stay reliable, spare the relationship theatre.'
  if (fit === 'under-invested')
    return position === 'transactional'
      ? 'A few links (order entry, shared dates) would serve this customer: offer them at low cost.'
      : 'Offer links: shared forecasts, EDI, a joint plan and an executive sponsor, before a rival does.'
  if (position === 'collaborative')
    return 'Keep the collaboration fair: joint plan, dedicated people, share savings, and protect what was invested for each other.'
  if (position === 'transactional')
    return 'Good product, price and delivery at low cost: automate the routine and stay reliable; do not push a closer relationship.'
  return 'Serve well at standard terms and ask once a year whether the situation has moved.'
}

/** The six connectors of Cannon & Perreault (1999), each 1 to 7. */
export interface Connectors {
  information: number
  linkages: number
  legal: number
  cooperation: number
  sellerAdaptation: number
  buyerAdaptation: number
}

const connectorNames = ['information', 'linkages', 'legal', 'cooperation', 'sellerAdaptation', 'buyerAdaptation'] as const

/** Profiles from low (-1) to high (1) on the six connectors, in the order above; approximate, read off the published description. */
const prototypes: Record<string, readonly number[]> = {
  'Basic buying and selling': [0.5, -0.5, -1, 0.5, -1, -1],
  'Bare bones': [-1, -1, -0.5, 0, -1, -1],
  'Contractual transaction': [-1, -1, 1, -1, -1, -1],
  'Custom supply': [0, 0, 0, 0, 1, 0],
  'Cooperative systems': [0.5, 1, -1, 1, -1, -1],
  Collaborative: [1, 0, 1, 1, 0, 0],
  'Mutually adaptive': [1, 1, 0.5, 0, 1, 1],
  'Customer is king': [1, 1, 1, 1, 1, -1],
}

export const relationshipTypes: readonly string[] = Object.keys(prototypes)

export interface RelationshipType {
  type: string
  /** Euclidean distance to the type, in standardised points. */
  distance: number
  /** The next nearest type and how much farther it is. */
  second: string
  margin: number
  /** The two are too close to call: margin below half a standard deviation. */
  between: boolean
}

/** Mean and standard deviation of each connector over the customers scored; the scale's own middle (4, 2) where there are few. */
export interface ConnectorScale {
  mean: Connectors
  deviation: Connectors
}

/** The scale's own middle and spread, for portfolios with too few scored customers to standardise on. */
export const plainScale: ConnectorScale = {
  mean: Object.fromEntries(connectorNames.map((name) => [name, 4])) as unknown as Connectors,
  deviation: Object.fromEntries(connectorNames.map((name) => [name, 2])) as unknown as Connectors,
}

/** Customers below which connectors are standardised on the scale instead of on their own spread. */
const fewestToStandardise = 30

export function connectorScale(all: readonly Connectors[]): ConnectorScale {
  if (all.length < fewestToStandardise) return plainScale
  const mean = { ...plainScale.mean }
  const deviation = { ...plainScale.deviation }
  for (const name of connectorNames) {
    mean[name] = all.reduce((sum, one) => sum + one[name], 0) / all.length
    const spread = Math.sqrt(all.reduce((sum, one) => sum + (one[name] - mean[name]) ** 2, 0) / (all.length - 1))
    deviation[name] = spread > 0.25 ? spread : plainScale.deviation[name]
  }
  return { mean, deviation }
}

/** Which of the eight types of buyer-seller relationship is nearest. */
export function nearestType(connectors: Connectors, scale: ConnectorScale = plainScale): RelationshipType {
  const z = connectorNames.map((name) => (connectors[name] - scale.mean[name]) / scale.deviation[name])
  const ranked = Object.entries(prototypes)
    .map(([type, profile]) => ({ type, distance: Math.hypot(...profile.map((value, i) => z[i]! - value)) }))
    .sort((a, b) => a.distance - b.distance)
  const [first, second] = ranked as [{ type: string; distance: number }, { type: string; distance: number }]
  const margin = second.distance - first.distance
  return { type: first.type, distance: first.distance, second: second.type, margin, between: margin < 0.5 }
}
