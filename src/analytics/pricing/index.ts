export { type EconomicValue, economicValue, economicValueInput } from './economic-value.ts'
export { pricingSteps } from './steps.ts'
export { type PriceElement, waterfallRows } from './waterfall-rows.ts'
