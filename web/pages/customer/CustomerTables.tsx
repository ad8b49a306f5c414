import { useMemo } from 'react'
import { formatCount } from '../../../src/shared/format.ts'
import { type Customer, type Exhibit, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Show } from '../../parts/States.tsx'
import type { Filter, TableSearch } from '../../parts/search.ts'
import { isNumeric, keyOf, Num, showCell, unitOf } from '../../parts/values.tsx'

/** Steps on the way to net revenue and contribution: in the layers above, and in the export of the table. */
const steps = ['list_revenue', 'invoiced_revenue', 'revenue_without_cost']

export function CustomerProducts({ customer }: { customer: Customer }) {
  const { products } = customer
  return (
    <Section
      title="Products"
      id="products"
      lead={`${formatCount(products.total)} products${products.total > products.rows.length ? `, the largest ${formatCount(products.rows.length)} shown` : ''}.`}
    >
      <Plain exhibit={products} currency={customer.workspace.currency} hidden={steps} height={360} label="Products of the customer" />
    </Section>
  )
}

export function CustomerOrders({ customer }: { customer: Customer }) {
  const { orders } = customer
  return (
    <Section
      title="Orders"
      id="orders"
      lead={`${formatCount(orders.total)} orders${orders.total > orders.rows.length ? `, the latest ${formatCount(orders.rows.length)} shown` : ''}.`}
    >
      <Plain exhibit={orders} currency={customer.workspace.currency} hidden={steps} height={320} label="Orders of the customer" />
    </Section>
  )
}

function Plain({
  exhibit,
  currency,
  hidden,
  height,
  label,
}: {
  exhibit: Exhibit
  currency: string
  hidden: string[]
  height: number
  label: string
}) {
  const { contract, rows } = exhibit
  const says = (name: string): boolean =>
    rows.some((row) => row[name] !== null && row[name] !== undefined && !/^-?0(\.0+)?$/.test(String(row[name])))
  const names = Object.keys(contract.columns)
    .filter((name) => contract.key.includes(name) || (!hidden.includes(name) && says(name)))
    .filter((name) => name !== 'customer_id')
  if (rows.length === 0) return <p className="dim">None.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.twin} style={{ maxHeight: height }} tabIndex={0} aria-label={label}>
      <table className={parts.table}>
        <thead>
          <tr>
            {names.map((name) => {
              const column = contract.columns[name]!
              return (
                <th key={name} scope="col" className={isNumeric(column.type) ? parts.right : undefined} title={column.meaning}>
                  {column.title} <span className={parts.unit}>{unitOf(column, currency)}</span>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(keyOf(contract, row))}>
              {names.map((name) => {
                const column = contract.columns[name]!
                const text = showCell(row[name], column, currency)
                return (
                  <td key={name} className={isNumeric(column.type) ? parts.right : name === 'name' ? undefined : parts.nowrap}>
                    {isNumeric(column.type) ? (
                      <Num
                        text={text}
                        value={row[name]}
                        target={column.traced ? { table: contract.name, where: keyOf(contract, row), column: name } : undefined}
                      />
                    ) : (
                      text
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const lineColumns = [
  'order_id',
  'line_no',
  'order_date',
  'product_id',
  'kind',
  'quantity',
  'invoice_amount',
  'product_cost',
  'source_row',
  'source_file',
  'currency',
]

/** Every order line of the customer, with the file and the row it came from. */
export function CustomerLines({
  customer,
  search,
  onSearch,
}: {
  customer: Customer
  search: TableSearch
  onSearch: (change: Partial<TableSearch>, replace?: boolean) => void
}) {
  const tables = useTables(customer.snapshot.id)
  const { row } = customer.profit
  const id = String(row.customer_id)
  const unknown = row.identified === false
  const given = useMemo(() => {
    const filters: Filter[] = unknown ? [{ column: 'customer_id', op: 'null' }] : [{ column: 'customer_id', op: 'eq', value: id }]
    return filters
  }, [id, unknown])
  return (
    <Section
      title="Order lines"
      id="lines"
      lead="The root of every figure above: each line with the file and the row where it stands, the header counted."
    >
      <Show query={tables} shape={<Bone height={240} />}>
        {({ tables: list }) => {
          const contract = list.find((table) => table.name === 'order_line')
          return contract ? (
            <DataTable
              table="order_line"
              contract={contract}
              noun={['line', 'lines']}
              currency={customer.workspace.currency}
              snapshot={customer.snapshot.id}
              columns={lineColumns}
              sort="-order_date,order_id,line_no"
              search={search}
              onSearch={onSearch}
              fixed={given}
              maxHeight="480px"
            />
          ) : null
        }}
      </Show>
    </Section>
  )
}
