import type { AnyStep } from '../../pipeline/step.ts'
import { waterfallTables } from './contract.ts'
import { discountParameters, writeDiscounts } from './discount.ts'
import { discountTables } from './discount-contract.ts'
import { indexTables } from './index-contract.ts'
import { pricesParameters, writePrices } from './prices.ts'
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
  {
    name: 'discounts',
    title: 'Price band, and discount against volume',
    reads: ['order_line', 'customer_profit', 'layer', 'period', 'price_waterfall'],
    readsIfPresent: ['product'],
    writes: discountTables,
    unlock: 'Load a file with orders: who bought what, when, for how much.',
    parameters: discountParameters,
    run: writeDiscounts,
  },
  {
    name: 'prices',
    title: 'Price index, pass-through and commoditisation radar',
    reads: ['order_line', 'customer_profit', 'layer', 'period', 'bridge', 'price_waterfall'],
    readsIfPresent: ['product'],
    writes: indexTables,
    unlock: 'Load orders of two comparable periods.',
    parameters: pricesParameters,
    run: writePrices,
  },
]
