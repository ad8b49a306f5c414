import { activities, balances, costPools, driverEvents, poolAssignments, serviceFlows } from './cost-model.ts'
import { customers } from './customers.ts'
import { fxRates } from './fx-rates.ts'
import type { Layout } from './layout.ts'
import { ledger } from './ledger.ts'
import { onlineRetail } from './online-retail.ts'
import { orderLines } from './order-lines.ts'
import { orders } from './orders.ts'
import { priceElements } from './price-elements.ts'
import { products } from './products.ts'
import { relationshipAttributes, surveyItems, surveyResponses } from './relationship.ts'
import { shopifyOrders } from './shopify-orders.ts'

/** All layouts that are recognised. A new one is one file in this folder and one line here. */
export const layouts: readonly Layout[] = [
  onlineRetail,
  shopifyOrders,
  orderLines,
  orders,
  customers,
  products,
  priceElements,
  fxRates,
  ledger,
  costPools,
  poolAssignments,
  serviceFlows,
  activities,
  driverEvents,
  balances,
  relationshipAttributes,
  surveyResponses,
  surveyItems,
]

export type { Confidence, Field, FileColumn, Layout, LayoutContext, LayoutFindings, LayoutQuestion, Recognition } from './layout.ts'
