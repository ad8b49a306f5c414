/** Relationships: classes of customers, how they move, what the portfolio is worth, and where exchanges are treated wrongly. */
export { checkTransitionMatrix, type Matrix, type Mobility, mobility, steadyState } from './chain.ts'
export * from './contract.ts'
export {
  type Connectors,
  connectorScale,
  type ExchangeDrivers,
  exchangeDrivers,
  guidance,
  nearestType,
  relationshipTypes,
  scoreExchange,
} from './exchange.ts'
export {
  filteredStates,
  forward,
  type HiddenMarkov,
  logLikelihood,
  nextSymbols,
  orderedLogit,
  type SequenceCells,
  sequenceCells,
} from './hidden-markov.ts'
export { fitHiddenMarkov, type HiddenMarkovFit, type HiddenMarkovOptions, holdOutLast } from './hidden-markov-fit.ts'
export { bestPolicy, type MarkovAction, type MarkovPolicy, recencyActions, valueOfPolicy } from './markov-decision.ts'
export {
  discountedStays,
  type PortfolioChain,
  type PortfolioValue,
  portfolioPath,
  portfolioValue,
  shadowPrices,
  stateValues,
  valueOfMove,
} from './portfolio-value.ts'
export { type CostCurve, dropVolume, marginalCost, scaleBenefit, scaleExponent, totalCost, unitCost } from './scale.ts'
export { relationshipSteps } from './steps.ts'
export {
  drawTransitions,
  estimateTransitions,
  type LikelihoodRatioTest,
  orderTest,
  pooledPrior,
  stationarityTest,
  type TransitionEstimate,
} from './transitions.ts'
