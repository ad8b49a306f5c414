/**
 * The ultimate parent of every customer that has one. A chain that leads back into itself ends nowhere: its customers stand alone and are told.
 */
export function ultimateParents(pairs: readonly { customer: string; parent: string }[]): {
  parentOf: Map<string, string>
  circular: string[]
} {
  const direct = new Map(pairs.map(({ customer, parent }) => [customer, parent]))
  const parentOf = new Map<string, string>()
  const circular: string[] = []
  for (const customer of direct.keys()) {
    const seen = new Set([customer])
    let at = customer
    let next = direct.get(at)
    while (next !== undefined && !seen.has(next)) {
      seen.add(next)
      at = next
      next = direct.get(at)
    }
    if (next === undefined) parentOf.set(customer, at)
    else circular.push(customer)
  }
  return { parentOf, circular }
}
