import { z } from 'zod'
import type { AnyStep } from '../../pipeline/step.ts'
import { comparisonParameters, writeComparison } from './comparison.ts'
import { writeConcentration } from './concentration.ts'
import {
  bridge,
  concentration,
  customerChange,
  customerProduct,
  customerProfit,
  layerTotals,
  monthProfit,
  period,
  productProfit,
  whaleCurve,
} from './contract.ts'
import { customerProductParameters, writeCustomerProduct } from './customer-product.ts'
import { layersParameters, writeLayers } from './layers.ts'

const needsOrders = 'Load a file with orders: who bought what, when, for how much.'

/** What the pipeline runs of this folder. */
export const profitabilitySteps: AnyStep[] = [
  {
    name: 'contribution-layers',
    title: 'Contribution by customer, product and month',
    reads: ['order_line', 'order'],
    readsIfPresent: ['customer', 'product', 'fx_rate'],
    writes: [customerProfit, productProfit, monthProfit, layerTotals],
    unlock: needsOrders,
    parameters: layersParameters,
    run: writeLayers,
  },
  {
    name: 'customer-product',
    title: 'Contribution by customer and product',
    reads: ['order_line', 'customer_profit', 'layer'],
    readsIfPresent: ['customer', 'product'],
    writes: [customerProduct],
    unlock: needsOrders,
    parameters: customerProductParameters,
    run: writeCustomerProduct,
  },
  {
    name: 'concentration',
    title: 'Whale curve and concentration',
    reads: ['customer_profit', 'layer'],
    writes: [whaleCurve, concentration],
    unlock: needsOrders,
    parameters: z.strictObject({}),
    run: writeConcentration,
  },
  {
    name: 'period-comparison',
    title: 'What changed between two periods',
    reads: ['order_line', 'order', 'customer_profit', 'month_profit', 'layer'],
    readsIfPresent: ['product'],
    writes: [period, bridge, customerChange],
    unlock: needsOrders,
    parameters: comparisonParameters,
    run: writeComparison,
  },
]
