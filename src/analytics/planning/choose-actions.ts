import { type ProgrammeSolver, Rows } from '../../math/programme.ts'

/** One action for each customer out of the same list, under a few budgets that all share. */
export interface ActionProblem {
  customers: number
  actions: number
  /** Value of each action for each customer, customer by customer; -Infinity where it must not be taken. */
  value: Float64Array
  /** What an action uses of each budget. */
  budgets: {
    name: string
    /** Either one number an action, or one an action for each customer, customer by customer; at least 0. */
    use: Float64Array
    most: number
  }[]
}

export interface ActionPlan {
  /** The action of each customer. */
  choice: Uint8Array
  value: number
  /** No choice within the budgets is worth more (Lagrangian dual). */
  bound: number
  /** (bound - value) / |value|: certified, whatever way the choice was found. */
  gap: number
  /** Value of one more unit of each budget. */
  shadowPrices: Float64Array
  used: Float64Array
  /** Passes over all customers. */
  passes: number
}

interface Pass {
  dual: number
  value: number
  used: Float64Array
}

/**
 * The action for each customer, by Lagrangian decomposition: at prices for the budgets every customer chooses alone; the prices are those at which the choices fit
 * (Everett 1963, Operations Research 11; Sinha & Zoltners 1979 for one choice a customer). What the prices leave over is given out by value per unit.
 *
 * Prices are found first on a thinned sample, then on all. Cost: some thirty passes over all customers.
 *
 * @throws RangeError when the arrays do not fit, or a customer has no action within the budgets at any price.
 */
export async function chooseActions(problem: ActionProblem, solver: ProgrammeSolver, signal?: AbortSignal): Promise<ActionPlan> {
  check(problem)
  const { customers, budgets } = problem
  const choice = new Uint8Array(customers)
  let passes = 0
  const pass = (prices: Float64Array, step = 1): Pass => {
    signal?.throwIfAborted()
    if (step === 1) passes++
    return visit(problem, prices, choice, step)
  }
  const free = pass(new Float64Array(budgets.length))
  if (fits(problem, free.used)) return finish(free, new Float64Array(budgets.length))

  const thin = Math.max(1, Math.floor(customers / 20_000))
  const most = priceCeilings(problem)
  const none = new Float64Array(most.length)
  const rough = thin > 1 ? await lowest(problem, solver, (prices) => pass(prices, thin), none, most) : undefined
  const floors = rough ? rough.prices.map((price) => price * 0.8) : none
  const ceilings = rough ? rough.prices.map((price, r) => Math.max(price * 1.2, most[r]! * 1e-6)) : most
  const { prices, dual } = await lowest(problem, solver, (at) => pass(at), floors, ceilings)

  // Prices raised until the choices fit; then what is left over is given out.
  let high = 0
  while (!fits(problem, pass(raised(problem, prices, high)).used)) {
    high = high === 0 ? 1e-7 : high * 8
    if (high > 1e18) throw new RangeError('no choice keeps the budgets: some customer has no action that is cheap enough')
  }
  let low = high > 1e-7 ? high / 8 : 0
  for (let i = 0; i < 6 && high > 0; i++) {
    const middle = (low + high) / 2
    if (fits(problem, pass(raised(problem, prices, middle)).used)) high = middle
    else low = middle
  }
  const fitting = pass(raised(problem, prices, high))
  giveOut(problem, prices, choice, fitting)
  return finish({ ...fitting, dual }, prices)

  function finish({ value, dual: bound, used }: Pass, shadowPrices: Float64Array): ActionPlan {
    return {
      choice,
      value,
      bound: Math.max(bound, value),
      gap: Math.max(0, bound - value) / Math.max(1e-12, Math.abs(value)),
      shadowPrices,
      used,
      passes,
    }
  }
}

/** At these prices the best action of each customer (or of every `step`th, counted that many times). */
function visit({ customers, actions, value, budgets }: ActionProblem, prices: Float64Array, choice: Uint8Array, step: number): Pass {
  const perCustomer = budgets.map(({ use }) => use.length !== actions)
  const flat = new Float64Array(actions)
  budgets.forEach(({ use }, r) => {
    if (!perCustomer[r]) for (let j = 0; j < actions; j++) flat[j]! += prices[r]! * use[j]!
  })
  const own = budgets.flatMap(({ use }, r) => (perCustomer[r] ? [{ use, price: prices[r]! }] : []))
  const used = new Float64Array(budgets.length)
  const counts = new Float64Array(actions)
  let reduced = 0
  let total = 0
  const [only] = own
  for (let i = 0; i < customers; i += step) {
    const from = i * actions
    let best = 0
    let most = -Infinity
    // The loop without budgets of each customer's own, and with one, are written out: they are nine tenths of the time.
    if (!only) {
      for (let j = 0; j < actions; j++) {
        const worth = value[from + j]! - flat[j]!
        if (worth > most) {
          most = worth
          best = j
        }
      }
    } else {
      for (let j = 0; j < actions; j++) {
        let worth = value[from + j]! - flat[j]! - only.price * only.use[from + j]!
        for (let o = 1; o < own.length; o++) worth -= own[o]!.price * own[o]!.use[from + j]!
        if (worth > most) {
          most = worth
          best = j
        }
      }
    }
    if (step === 1) choice[i] = best
    counts[best]!++
    reduced += most
    total += value[from + best]!
    for (let r = 0; r < budgets.length; r++) if (perCustomer[r]) used[r]! += budgets[r]!.use[from + best]!
  }
  const weight = step === 1 ? 1 : customers / Math.ceil(customers / step)
  let dual = reduced * weight
  budgets.forEach(({ use, most }, r) => {
    if (!perCustomer[r]) for (let j = 0; j < actions; j++) used[r]! += counts[j]! * use[j]!
    used[r]! *= weight
    dual += prices[r]! * most
  })
  return { dual, value: total * weight, used }
}

/** Lowest dual by cutting planes (Kelley 1960): each pass gives a plane below the dual; the next prices are lowest over all planes. */
async function lowest(
  { budgets }: ActionProblem,
  solver: ProgrammeSolver,
  pass: (prices: Float64Array) => Pass,
  floors: Float64Array,
  ceilings: Float64Array,
): Promise<{ prices: Float64Array; dual: number }> {
  const count = budgets.length
  if (count === 1) return lowestOfOne(budgets[0]!.most, pass, floors[0]!, ceilings[0]!)
  const planes: { at: Float64Array; dual: number; slope: Float64Array }[] = []
  let best: { prices: Float64Array; dual: number } | undefined
  let prices = ceilings.map((ceiling, r) => (floors[r]! + ceiling) / 2)
  const limits = Float64Array.from(ceilings)
  const starts = Float64Array.from(floors)
  for (let round = 0; round < 60; round++) {
    const { dual, used } = pass(prices)
    planes.push({ at: prices, dual, slope: Float64Array.from(budgets, ({ most }, r) => most - used[r]!) })
    if (!best || dual < best.dual) best = { prices, dual }
    // In units of the ceilings and of the dual, so that the programme is well scaled whatever the currency.
    const unit = Math.max(1e-300, Math.abs(best.dual))
    const rows = new Rows()
    for (const plane of planes)
      rows.add(
        [[count, 1], ...Array.from(plane.slope, (slope, r): [number, number] => [r, (-slope * ceilings[r]!) / unit])],
        (plane.dual - plane.slope.reduce((sum, slope, r) => sum + slope * plane.at[r]!, 0)) / unit,
        Infinity,
      )
    const objective = new Float64Array(count + 1)
    objective[count] = 1
    const { x, objective: floor } = await solver.solve({
      sense: 'minimise',
      objective,
      lower: Float64Array.from([...starts.map((start, r) => start / ceilings[r]!), -1e9]),
      upper: Float64Array.from([...limits.map((limit, r) => limit / ceilings[r]!), 1e9]),
      ...rows.arrays(),
    })
    prices = x.slice(0, count).map((price, r) => price * ceilings[r]!)
    // A price at an end of its range may belong beyond it.
    prices.forEach((price, r) => {
      if (price >= limits[r]! * (1 - 1e-9) && round > 2) limits[r]! *= 4
      if (price <= starts[r]! * (1 + 1e-9) && round > 2) starts[r] = starts[r]! < ceilings[r]! * 1e-9 ? 0 : starts[r]! / 4
    })
    const edge = prices.some((price, r) => price >= limits[r]! * (1 - 1e-9) || (starts[r]! > 0 && price <= starts[r]! * (1 + 1e-9)))
    if (!edge && best.dual / unit - floor <= 3e-6) break
  }
  return best!
}

/** With one budget the use falls as the price rises, so the price is found by halving. */
function lowestOfOne(
  most: number,
  pass: (prices: Float64Array) => Pass,
  floor: number,
  ceiling: number,
): { prices: Float64Array; dual: number } {
  let low = floor
  let high = ceiling
  while (pass(Float64Array.of(high)).used[0]! > most && high < 1e30) {
    low = high
    high *= 4
  }
  if (low > 0 && low === floor && pass(Float64Array.of(low)).used[0]! <= most) low = 0
  let best = { prices: Float64Array.of(high), dual: Infinity }
  for (let i = 0; i < 40 && high - low > 3e-5 * high; i++) {
    const middle = (low + high) / 2
    const { used, dual } = pass(Float64Array.of(middle))
    if (dual < best.dual) best = { prices: Float64Array.of(middle), dual }
    if (used[0]! > most) low = middle
    else high = middle
  }
  return best
}

/** Prices above which hardly anybody would use a budget: the most value per unit of it. */
function priceCeilings({ customers, actions, value, budgets }: ActionProblem): Float64Array {
  const step = Math.max(1, Math.floor(customers / 20_000))
  return Float64Array.from(budgets, ({ use }) => {
    let most = 0
    for (let i = 0; i < customers; i += step)
      for (let j = 0; j < actions; j++) {
        const units = use.length === actions ? use[j]! : use[i * actions + j]!
        if (units > 0) most = Math.max(most, value[i * actions + j]! / units)
      }
    return most > 0 ? most : 1
  })
}

/** Prices that all rise by the same part, and leave zero where a budget has none left at all. */
function raised(problem: ActionProblem, prices: Float64Array, part: number): Float64Array {
  if (part === 0) return prices
  const ceilings = priceCeilings(problem)
  return prices.map((price, r) => price * (1 + part) + (ceilings[r] as number) * part * 1e-3)
}

function fits({ budgets }: ActionProblem, used: Float64Array): boolean {
  return budgets.every(({ most }, r) => used[r]! <= most * (1 + 1e-12) + 1e-12)
}

/** Changes single choices for the better while what is left of the budgets allows it, most value per priced unit first. */
function giveOut({ customers, actions, value, budgets }: ActionProblem, prices: Float64Array, choice: Uint8Array, state: Pass): void {
  const units = (r: number, i: number, j: number) =>
    budgets[r]!.use.length === actions ? budgets[r]!.use[j]! : budgets[r]!.use[i * actions + j]!
  for (let round = 0; round < 4; round++) {
    const left = budgets.map(({ most }, r) => most - state.used[r]!)
    const found: { i: number; j: number; score: number }[] = []
    // What all left-over units are worth at their prices bounds what a change can still bring, so only changes that lose less than that at these prices are looked at.
    const worth = left.reduce((sum, rest, r) => sum + Math.max(0, rest) * prices[r]!, 0)
    for (let i = 0; i < customers; i++) {
      const now = choice[i]!
      const from = i * actions
      for (let j = 0; j < actions; j++) {
        const gain = value[from + j]! - value[from + now]!
        if (!(gain > 0)) continue
        let cost = 0
        let possible = true
        for (let r = 0; r < budgets.length; r++) {
          const more = units(r, i, j) - units(r, i, now)
          if (more > left[r]!) possible = false
          cost += prices[r]! * more
        }
        if (possible && gain - cost > -worth) found.push({ i, j, score: cost > 0 ? gain / cost : Infinity })
      }
      if (found.length > 400_000) break
    }
    if (found.length === 0) return
    found.sort((a, b) => b.score - a.score || a.i - b.i || a.j - b.j)
    let changed = false
    for (const { i, j } of found) {
      const now = choice[i]!
      const gain = value[i * actions + j]! - value[i * actions + now]!
      if (!(gain > 0)) continue
      if (budgets.some(({ most }, r) => state.used[r]! + units(r, i, j) - units(r, i, now) > most)) continue
      for (let r = 0; r < budgets.length; r++) state.used[r]! += units(r, i, j) - units(r, i, now)
      state.value += gain
      choice[i] = j
      changed = true
    }
    if (!changed) return
  }
}

function check({ customers, actions, value, budgets }: ActionProblem): void {
  if (actions < 1 || actions > 255) throw new RangeError(`between 1 and 255 actions, not ${actions}`)
  if (value.length !== customers * actions)
    throw new RangeError(`${customers} customers and ${actions} actions need ${customers * actions} values, not ${value.length}`)
  if (budgets.length === 0) throw new RangeError('at least one budget is needed')
  for (const { name, use, most } of budgets) {
    if (use.length !== actions && use.length !== customers * actions)
      throw new RangeError(`budget ${name}: one use an action, or one an action and customer`)
    if (!(most >= 0)) throw new RangeError(`budget ${name} cannot be ${most}`)
    if (use.some((units) => !(units >= 0))) throw new RangeError(`budget ${name}: a use is below zero or not a number`)
  }
  if (value.some(Number.isNaN)) throw new RangeError('a value is not a number')
}
