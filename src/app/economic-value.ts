import { type EconomicValue, economicValue, economicValueInput } from '../analytics/pricing/index.ts'
import { UsageError } from '../shared/errors.ts'

export type { EconomicValue } from '../analytics/pricing/index.ts'

/** Works out the worksheet of economic value to the customer; every problem of the input at once, with its place. */
export function workOutEconomicValue(input: unknown): EconomicValue {
  const parsed = economicValueInput.safeParse(input)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ message: `${path.join('.') || 'input'}: ${message}` }))
    throw new UsageError('evc.input', `the worksheet cannot be read: ${problems[0]!.message}`, {
      problems,
      hint: 'Such as {"reference":300,"price":850,"functional":[{"name":"output","amount":350}],"startUp":[{"name":"installation","amount":100,"once":true}]}.',
    })
  }
  return economicValue(parsed.data)
}
