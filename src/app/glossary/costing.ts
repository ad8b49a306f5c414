import { define } from './term.ts'

/** Words of the cost model. */
export const costingTerms = [
  define(
    'Cost pool',
    'A group of resources with one capacity, such as the order desk or the warehouse. It collects ledger cost and passes it on by what was used of it.',
    { synonyms: ['resource pool', 'capacity pool'], see: ['practical-capacity', 'capacity-cost-rate'], shownIn: ['pool_cost.cost'] },
  ),
  define(
    'Practical capacity',
    'What people and machines can really do: hours present less breaks, training and meetings. It is the base of every rate, so that idle time is not charged to customers.',
    {
      limits: 'Often 80 to 85 % of the theoretical capacity; measure it where it matters.',
      see: ['capacity-cost-rate', 'unused-capacity'],
      shownIn: ['pool_cost.practical_capacity'],
    },
  ),
  define(
    'Capacity cost rate',
    'What one minute (or another unit) of practical capacity costs. Multiplied by the minutes of a time equation it gives the cost of an event.',
    {
      formula: 'cost of the pool / practical capacity',
      limits: 'Never divide by the capacity that was used: a falling load would raise the rate, and prices with it.',
      see: ['practical-capacity', 'time-equation', 'death-spiral'],
      shownIn: ['pool_cost.rate', 'pool_period.rate'],
    },
  ),
  define(
    'Unused capacity',
    'What was paid for and nobody used. It belongs to the owner of the resource, who can redeploy, shrink or sell it.',
    { synonyms: ['idle capacity'], formula: 'cost - assigned', see: ['death-spiral', 'cost-pool'], shownIn: ['pool_cost.unused'] },
  ),
  define(
    'Time equation',
    'How many minutes one event takes, from what makes it long: a base and an addition for each driver. A few equations replace hundreds of activities, because what differs is a driver and not another activity.',
    { formula: 'minutes = b0 + sum of b x driver', see: ['capacity-cost-rate'], shownIn: ['activity_cost.equation'] },
  ),
  define(
    'Service pool',
    'A pool that works for other pools, such as IT or human resources. Its cost is charged to those it serves, also where they serve each other.',
    { formula: 'x = direct cost + what other service pools charge', see: ['cost-pool'], shownIn: ['pool_cost.cost'] },
  ),
  define(
    'Tie-out',
    'The proof that every unit of money of the ledger went to one place: assigned, kept on its level, unused or excluded by name. A snapshot that does not tie is not published.',
    { synonyms: ['reconciliation'], see: ['unused-capacity'], shownIn: ['cost_tie_out.amount'] },
  ),
  define(
    'Death spiral',
    'Idle time is loaded on customers, prices follow, volume leaves, and what is left must bear even more. It is why rates are made with practical capacity.',
    { see: ['unused-capacity', 'capacity-cost-rate'] },
  ),
  define(
    'Short-run floor',
    'What one more order costs in cash while capacity is idle anyway. Below it an order loses money even today; above it, it may still lose money in the long run.',
    {
      formula: 'cost of one event x incremental share while the pool is idle',
      limits: 'A view of the moment: whoever prices all orders at the floor pays for none of the capacity.',
      see: ['unused-capacity', 'capacity-cost-rate'],
      shownIn: ['activity_cost.floor_per_event', 'customer_cost.short_run_cost'],
    },
  ),
]
