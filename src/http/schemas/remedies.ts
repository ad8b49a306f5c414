import { z } from '@hono/zod-openapi'

/** What a remedy would bring under other judgements. Model results: numbers, a year, in the reporting currency. */

const simulated = z.object({ value: z.number(), low: z.number(), high: z.number(), stranded: z.number() })

export const remedySimulation = z
  .object({
    remedy: z.string(),
    customer: z.string().nullable(),
    customers: z.number(),
    currency: z.string(),
    judgements: z.object({
      accept: z.number(),
      adapt: z.number(),
      defect: z.number(),
      effect: z.number(),
      adaptEffect: z.number(),
      marginLoss: z.number(),
      oneOff: z.number(),
      horizonMonths: z.number(),
    }),
    published: simulated.meta({ description: 'As the run judged it' }),
    trial: simulated.meta({ description: 'With these judgements' }),
    horizons: z.array(simulated.extend({ months: z.number() })),
  })
  .openapi('RemedySimulation')
