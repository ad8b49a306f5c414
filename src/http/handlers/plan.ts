import { tryPlan } from '../../app/plan.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'

export function planHandlers({ workspace }: HandlerContext) {
  return {
    tryPlan: async (c) => c.json(await tryPlan(workspace, c.req.valid('json'), c.req.valid('query').snapshot), 200),
  } satisfies Partial<Handlers>
}
