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
