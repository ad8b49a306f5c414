import { z } from '@hono/zod-openapi'

const amount = z.number().min(0).max(1e15)

/** What somebody tries with an investment plan. */
export const planTrial = z
  .object({
    budget: amount.meta({ description: 'Money of the coming period' }),
    hold: z.record(z.string().max(500), amount).default({}).meta({ description: 'Items fixed at an amount, by id' }),
    exclude: z.array(z.string().max(500)).max(1000).default([]).meta({ description: 'Items that get nothing, by id' }),
  })
  .openapi('PlanTrial')

export const triedPlan = z
  .object({
    spent: z.number(),
    value: z.number().meta({ description: 'Present value, net of the money' }),
    nextUnit: z.number().meta({ description: 'What one more unit of budget would bring' }),
    items: z.array(z.object({ id: z.string(), effort: z.number(), value: z.number(), nextUnit: z.number(), change: z.number() })),
  })
  .openapi('TriedPlan')
