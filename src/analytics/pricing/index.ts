export { pricingSteps } from './steps.ts'
export { type PriceElement, waterfallRows } from './waterfall-rows.ts'
