import { type PublishedItem, type ResponseCurve, replan, type Trial, type TriedPlan } from '../analytics/planning/index.ts'
import { MissingError } from '../shared/errors.ts'
import { sql } from '../warehouse/sql.ts'
import { withSnapshot } from './open-snapshot.ts'
import type { Workspace } from './workspace.ts'

/** The best plan under another budget, with items held or left out, for the response curves of a snapshot; nothing is stored. */
export async function tryPlan(workspace: Workspace, trial: Trial, snapshot?: string): Promise<TriedPlan> {
  return withSnapshot(workspace, snapshot, async ({ warehouse, tables, id }) => {
    const rows = tables.has('plan_item')
      ? await warehouse.rows(sql`select item_id, curve, worth, effort from plan_item order by item_id`)
      : []
    if (rows.length === 0)
      throw new MissingError('plan.none', `snapshot ${id} holds no investment plan`, {
        hint: 'Load orders over at least three periods, then run again.',
      })
    const items = rows.map(
      (row): PublishedItem => ({
        id: String(row.item_id),
        curve: (typeof row.curve === 'string' ? JSON.parse(row.curve) : row.curve) as ResponseCurve,
        worth: Number(row.worth),
        effort: Number(row.effort),
      }),
    )
    return replan(items, trial)
  })
}
