import { z } from '@hono/zod-openapi'
import { row } from './values.ts'

/** What was given away between list and pocket. */
export const priceWaterfall = z
  .object({
    scope: z.enum(['all', 'segment', 'customer']),
    key: z.string(),
    /** Name of the customer or of the segment. */
    title: z.string(),
    span: z.enum(['whole', 'previous', 'current']),
    rows: z.array(row).meta({ description: 'Rows of table `price_waterfall`: step, title, role, side, amount, share_of_list' }),
  })
  .openapi('PriceWaterfall')

const amount = z.number().nullable()

/** The worksheet of economic value to the customer, worked out. */
export const economicValue = z
  .object({
    reference: z.number(),
    functional: z.number(),
    startUp: z.number(),
    postPurchase: z.number(),
    switchingCost: z.number(),
    economicValue: z.number(),
    customerKeeps: amount,
    customerShare: amount,
    priceFloor: amount,
    priceCeiling: z.number(),
    verdict: z.string(),
    lines: z.array(z.object({ part: z.string(), name: z.string(), probability: z.number(), present: z.number() })),
  })
  .openapi('EconomicValue')
