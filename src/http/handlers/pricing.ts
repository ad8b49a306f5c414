import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { workOutEconomicValue } from '../../app/economic-value.ts'
import { readPriceWaterfall } from '../../app/price-waterfall.ts'
import { UsageError } from '../../shared/errors.ts'
import { rowBody } from '../bodies.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'
import { sendFile } from '../files.ts'

export function pricingHandlers({ workspace }: HandlerContext) {
  return {
    priceWaterfall: async (c) => {
      const { scope, key, span, snapshot } = c.req.valid('query')
      const found = await readPriceWaterfall(workspace, { scope, key: key ?? 'all', span: span ?? 'whole' }, snapshot)
      return c.json({ ...found, rows: found.rows.map(rowBody) }, 200)
    },
    economicValue: (c) => c.json(workOutEconomicValue(inputOf(c.req.valid('query').input)), 200),
    economicValueWorkbook: async (c) => {
      const input = inputOf(c.req.valid('query').input)
      const value = workOutEconomicValue(input)
      const folder = join(workspace.cacheDir, 'downloads')
      await mkdir(folder, { recursive: true })
      const file = join(folder, `${randomBytes(8).toString('hex')}.xlsx`)
      const { writeEconomicValue } = await import('../../report/index.ts')
      const { price } = input as { price?: number }
      await writeEconomicValue(file, value, { currency: workspace.config.currency, createdAt: new Date().toISOString(), price })
      return (await sendFile(file, {
        type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        name: 'economic-value.xlsx',
        temporary: true,
      })) as never
    },
  } satisfies Partial<Handlers>
}

function inputOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError('http.invalid', 'input: not JSON', { hint: 'Such as {"reference":300,"price":850}.', cause })
  }
}
