import type { Customer, Figure, Row } from '../../parts/api.ts'
import { useTables } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Section } from '../../parts/Page.tsx'
import { useRows } from '../../parts/useRows.ts'

const classes = ['stranger', 'acquaintance', 'friend', 'partner']

/** How close one customer is, with the chances of each class and what they rest on, and how its exchange stands. */
export function CustomerRelationship({ customer }: { customer: Customer }) {
  const snapshot = customer.snapshot.id
  const filters = [{ column: 'customer_id', op: 'eq' as const, value: String(customer.profit.row.customer_id) }]
  const contract = useTables(snapshot).data?.tables.find((table) => table.name === 'customer_relationship')
  const row = useRows('customer_relationship', snapshot, { filters, sort: 'customer_id', limit: 1 })?.[0]
  const exchange = useRows('exchange_position', snapshot, { filters, sort: 'customer_id', limit: 1 })?.[0]
  if (!contract || !row || row.class === null) return null
  const figures = classes.map((name): Figure => {
    const column = contract.columns[`p_${name}`]!
    return {
      name: `p_${name}`,
      title: column.title,
      value: row[`p_${name}`] as number,
      type: 'ratio',
      meaning: column.meaning,
      formula: column.formula ?? '',
    }
  })
  return (
    <Section title={`Relationship: ${row.class}`} id="relationship" lead={leadOf(row)}>
      <Figures figures={figures} currency={customer.workspace.currency} />
      {exchange && (
        <p>
          <strong>Exchange: {String(exchange.fit)}.</strong> {String(exchange.guidance)}
        </p>
      )}
    </Section>
  )
}

function leadOf(row: Row): string {
  const moved =
    row.movement === 'up' || row.movement === 'down'
      ? ` Moved ${row.movement} from ${row.previous_class}: orders ${row.orders_before} to ${row.orders_now}.`
      : ''
  const evidence = String(row.evidence)
  return `${evidence.charAt(0).toUpperCase()}${evidence.slice(1)}.${moved}${row.basis === 'behaviour' ? ' Told from behaviour alone.' : ''}`
}
