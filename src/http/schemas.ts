/** What travels over HTTP, as zod: answers are described by these in the OpenAPI document and typed by them in the client. */
export * from './schemas/cost-model.ts'
export * from './schemas/plan.ts'
export * from './schemas/pricing.ts'
export * from './schemas/remedies.ts'
export * from './schemas/results.ts'
export * from './schemas/values.ts'
export * from './schemas/work.ts'
