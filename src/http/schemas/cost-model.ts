import { z } from '@hono/zod-openapi'
import { money } from './values.ts'

const positive = z.number().positive().optional()

export const scenario = z
  .strictObject({
    pools: z
      .record(z.string(), z.strictObject({ cost: positive, capacity: positive, rate: positive }))
      .optional()
      .meta({ description: 'By pool: cost or practical capacity in the window, or the rate itself' }),
    activities: z
      .record(z.string(), z.strictObject({ minutes: z.string().max(4000) }))
      .optional()
      .meta({ description: 'By activity: another time equation' }),
    snapshot: z.string().max(100).optional(),
  })
  .openapi('Scenario')

const side = z.object({ profit: money, costToServe: money, losing: z.number(), unused: money })
const mover = z.object({ customer_id: z.string(), name: z.string(), before: money, after: money, change: money })

export const scenarioResult = z
  .object({
    snapshot: z.string(),
    currency: z.string(),
    before: side,
    after: side,
    turnedToLoss: z.number(),
    turnedToProfit: z.number(),
    gains: z.array(mover),
    losses: z.array(mover),
    pools: z.array(
      z.object({
        pool_id: z.string(),
        title: z.string(),
        rate: z.number(),
        capacity: z.number(),
        used: z.number(),
        usedShare: z.number(),
        unused: money,
        changed: z.boolean(),
      }),
    ),
    activities: z.array(
      z.object({ activity_id: z.string(), title: z.string(), minutes: z.number(), minutesBefore: z.number(), changed: z.boolean() }),
    ),
    /** What is worth knowing before one believes it. */
    warnings: z.array(z.string()),
    /** Text to copy into clientele.yaml. */
    proposal: z.string().nullable(),
  })
  .openapi('ScenarioResult')
