import type { AnyStep } from '../../pipeline/step.ts'
import { waterfallTables } from './contract.ts'
import { waterfallParameters, writeWaterfall } from './waterfall.ts'

/** What the pipeline runs of this folder. */
export const pricingSteps: AnyStep[] = [
  {
    name: 'price-waterfall',
    title: 'From list price to pocket price',
    reads: ['order_line', 'order', 'customer_profit', 'layer', 'period'],
    readsIfPresent: ['price_element', 'customer', 'fx_rate', 'customer_cost'],
    writes: waterfallTables,
    unlock: 'Load a file with orders: who bought what, when, for how much.',
    parameters: waterfallParameters,
    run: writeWaterfall,
  },
]
