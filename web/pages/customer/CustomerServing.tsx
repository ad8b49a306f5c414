import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { driverDifferences, profitLayers } from '../../../src/charts/index.ts'
import { negateDecimal, ratioOf, sumDecimals } from '../../../src/shared/decimal.ts'
import { formatMoney, formatRange, formatRatio } from '../../../src/shared/format.ts'
import { type Customer, tablePageOptions, useTables } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { RemedySimulator } from '../worklist/RemedySimulator.tsx'

/** What the customer costs to serve, why, of which type it is, and what can be done; nothing where the snapshot does not tell it. */
export function CustomerServing({ customer }: { customer: Customer }) {
  const snapshot = customer.snapshot.id
  const id = String(customer.profit.row.customer_id)
  const { currency } = customer.workspace
  const there = useTables(snapshot).data?.tables.some((table) => table.name === 'customer_serving' && table.rows !== null) === true
  const own = { snapshot, filters: JSON.stringify([{ column: 'customer_id', op: 'eq', value: id }]) }
  const ask = (name: string, sort?: string) => ({
    ...tablePageOptions(name, { ...own, ...(sort ? { sort } : {}) }, 0, 100, false),
    enabled: there,
  })
  const serving = useQuery(ask('customer_serving')).data?.rows[0]
  const cost = useQuery(ask('customer_cost')).data?.rows[0]
  const drivers = useQuery(ask('customer_driver')).data?.rows
  const remedies = useQuery(ask('customer_remedy', 'position')).data?.rows
  const titles = useQuery({ ...tablePageOptions('cost_driver', { snapshot }, 0, 500, false), enabled: there }).data?.rows
  const context = useMemo(() => ({ currency, measure: 'contribution' as const }), [currency])
  const layers = useMemo(() => {
    if (!cost) return null
    const text = (column: string) => (cost[column] === null || cost[column] === undefined ? null : String(cost[column]))
    const contribution = text('contribution')
    const net = text('net_revenue') ?? '0'
    const rows: { layer: string; title: string; role: string; amount: string | null }[] = [
      { layer: 'net_revenue', title: 'Net revenue', role: 'level', amount: net },
      {
        layer: 'product_cost',
        title: 'Product cost',
        role: 'step',
        amount: contribution === null ? null : sumDecimals([contribution, negateDecimal(net)]),
      },
      { layer: 'contribution', title: 'Contribution', role: 'level', amount: contribution },
      ...(['line_cost', 'order_cost', 'account_cost'] as const).map((layer, i) => ({
        layer,
        title: ['Cost of lines', 'Cost of orders', 'Cost of the account'][i]!,
        role: 'step',
        amount: negateDecimal(text(layer) ?? '0'),
      })),
      { layer: 'customer_profit', title: 'Customer profit', role: 'level', amount: text('customer_profit') },
    ]
    return profitLayers(
      rows.map((row, i) => ({
        ...row,
        position: i + 1,
        share: row.amount === null ? null : ratioOf(row.amount, net),
        below_zero: null,
        reason: null,
      })),
      context,
    )
  }, [cost, context])
  const differences = useMemo(
    () =>
      drivers && titles && serving
        ? driverDifferences({ drivers, titles, customer: String(serving.name), peers: String(serving.peers ?? 'none') }, context)
        : null,
    [drivers, titles, serving, context],
  )
  if (!serving || !layers) return null
  const type = String(serving.type)
  const probability = serving.type_probability === null ? '' : `, with ${formatRatio(Number(serving.type_probability), { digits: 0 })}`
  const place =
    serving.cost_share === null
      ? 'It has no revenue in the window of the ledger.'
      : `It costs ${formatRatio(Number(serving.cost_share))} of its net revenue to serve against a net margin of ${serving.margin_share === null ? 'unknown' : formatRatio(Number(serving.margin_share))}` +
        (serving.price_index === null
          ? '.'
          : `, and pays ${formatRatio(Number(serving.price_index), { digits: 0 })} of what others pay for the same.`)
  return (
    <>
      <Section
        title="After cost-to-serve"
        id="serving"
        lead={
          <>
            {place}{' '}
            {type === 'undetermined'
              ? 'Its type is undetermined: too near a cut, or prices not comparable.'
              : `Type: ${type.replace('-', ' ')}${probability}.`}{' '}
            <Link to="/profitability">All customers on the plane</Link>
          </>
        }
      >
        <div className={`${parts.grid2} ${parts.exhibits}`}>
          <Exhibit chart={layers} currency={currency} heading="h3" />
          {differences && <Exhibit chart={differences} currency={currency} heading="h3" />}
        </div>
      </Section>
      {remedies && remedies.length > 0 && (
        <Section
          title="What can be done"
          id="remedies"
          lead="In this order, each on what the ones before it leave. Amounts are a year's; our own process first, parting last."
        >
          <section className={parts.scroll} aria-label="Remedies, as a table">
            <table className={parts.table}>
              <thead>
                <tr>
                  <th scope="col">Remedy</th>
                  <th scope="col" className={parts.right}>
                    Value <span className={parts.unit}>{currency}</span>
                  </th>
                  <th scope="col" className={parts.right}>
                    90 % of guesses <span className={parts.unit}>{currency}</span>
                  </th>
                  <th scope="col" className={parts.right}>
                    Stranded <span className={parts.unit}>{currency}</span>
                  </th>
                  <th scope="col" className={parts.right}>
                    Profit after <span className={parts.unit}>{currency}</span>
                  </th>
                  <th scope="col">Evidence</th>
                </tr>
              </thead>
              <tbody>
                {remedies.map((row) => {
                  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true, currencyDisplay: 'none' })
                  return (
                    <tr key={String(row.remedy)}>
                      <th scope="row">
                        {titleOf(String(row.remedy))}
                        {row.turns === true ? <span className="dim"> turns it</span> : null}
                      </th>
                      <td className={parts.right}>{money(row.value)}</td>
                      <td className={parts.right}>{formatRange(money(row.low), money(row.high))}</td>
                      <td className={parts.right}>{money(row.stranded)}</td>
                      <td className={`${parts.right}${String(row.profit_after).startsWith('-') ? ' loss' : ''}`}>
                        {money(row.profit_after)}
                      </td>
                      <td className="dim">{String(row.evidence)}</td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </section>
          <RemedySimulator portfolio={customer} customer={{ id, remedies: remedies.map((row) => String(row.remedy)) }} />
        </Section>
      )}
    </>
  )
}

const titleOf = (remedy: string): string =>
  remedy === 'exit' ? 'Price to full cost, or part' : remedy.charAt(0).toUpperCase() + remedy.slice(1).replaceAll('-', ' ')
