import { z } from 'zod'

export const classParameters = z.strictObject({
  /** Length of a period in months; quarters if at least six fit into the data, else months. */
  periodMonths: z.number().int().min(1).max(12).optional(),
  /** Numbers of levels of buying to try. */
  states: z.array(z.number().int().min(2).max(5)).min(1).default([2, 3, 4]),
})

export type ClassParameters = z.infer<typeof classParameters>
