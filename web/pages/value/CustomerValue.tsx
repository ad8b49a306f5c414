import { useQuery } from '@tanstack/react-query'
import { type Customer, type Figure, tablePageOptions, useTables } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Section } from '../../parts/Page.tsx'

const names = ['value_12_months', 'alive', 'buys_again', 'expected_purchases']

/** What one customer is worth; nothing where the snapshot does not tell it. */
export function CustomerValue({ customer }: { customer: Customer }) {
  const snapshot = customer.snapshot.id
  const contract = useTables(snapshot).data?.tables.find((table) => table.name === 'customer_value' && table.rows !== null)
  const filters = JSON.stringify([{ column: 'customer_id', op: 'eq', value: String(customer.profit.row.customer_id) }])
  const found = useQuery({ ...tablePageOptions('customer_value', { snapshot, filters }, 0, 1, false), enabled: contract !== undefined })
  const row = found.data?.rows[0]
  if (!contract || !row || row.value_12_months === null) return null
  const figures = names.map((name): Figure => {
    const { title, meaning, formula, type, unit } = contract.columns[name]!
    const band =
      name === 'value_12_months' && row.value_low !== null && row.value_high !== null
        ? { low: Number(row.value_low), high: Number(row.value_high), interval: '90 % of customers like this one, if the model holds' }
        : {}
    return {
      name,
      title,
      value: row[name] as string | number,
      type: type === 'money' ? 'money' : type === 'ratio' ? 'ratio' : 'number',
      ...(unit ? { unit } : {}),
      ...band,
      meaning,
      formula: formula ?? '',
    }
  })
  return (
    <Section title="The next 12 months" id="value">
      <Figures figures={figures} currency={customer.workspace.currency} />
    </Section>
  )
}
