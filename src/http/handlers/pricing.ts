import { readPriceWaterfall } from '../../app/price-waterfall.ts'
import { rowBody } from '../bodies.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'

export function pricingHandlers({ workspace }: HandlerContext) {
  return {
    priceWaterfall: async (c) => {
      const { scope, key, span, snapshot } = c.req.valid('query')
      const found = await readPriceWaterfall(workspace, { scope, key: key ?? 'all', span: span ?? 'whole' }, snapshot)
      return c.json({ ...found, rows: found.rows.map(rowBody) }, 200)
    },
  } satisfies Partial<Handlers>
}
