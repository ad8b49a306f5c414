import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatCount, formatMoney, formatNumber, formatRatio } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import own from './profitability.module.css'

/** The four types with what they call for, and how customers moved between them. */
export function TypesTable({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const types = useQuery(tablePageOptions('serving_type', { snapshot, sort: 'position' }, 0, 10, false)).data
  const moves = useQuery(tablePageOptions('type_migration', { snapshot, sort: 'before,now' }, 0, 50, false)).data
  const { currency } = portfolio.workspace
  if (!types || types.rows.length === 0) return null
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true, currencyDisplay: 'none' })
  const order = types.rows.map((row) => String(row.type))
  const title = (type: string) => String(types.rows.find((row) => row.type === type)?.title ?? type)
  const moved = (before: string, now: string) => moves?.rows.find((row) => row.before === before && row.now === now)
  const cut = types.rows[0]?.cost_cut
  return (
    <Section
      title="The four types"
      id="types"
      lead={
        typeof cut === 'number'
          ? `High or low price: against what all pay for the same. High or low cost: against ${formatRatio(cut)} of net revenue, below which half of the revenue lies. Near a cut nobody is given a type.`
          : 'No customer has revenue and cost.'
      }
    >
      <section className={parts.scroll} aria-label="Types of customers, as a table">
        <table className={parts.table}>
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col" className={parts.right}>
                Customers
              </th>
              <th scope="col" className={parts.right}>
                Expected
              </th>
              <th scope="col" className={parts.right}>
                Net revenue <span className={parts.unit}>{currency}</span>
              </th>
              <th scope="col" className={parts.right}>
                Customer profit <span className={parts.unit}>{currency}</span>
              </th>
              <th scope="col">What it calls for</th>
            </tr>
          </thead>
          <tbody>
            {types.rows.map((row) => (
              <tr key={String(row.type)}>
                <th scope="row">
                  <Link to="/profitability" search={{ where: [`type:eq:${row.type}`] }} hash="customers">
                    {String(row.title)}
                  </Link>
                </th>
                <td className={parts.right}>{formatCount(Number(row.customers))}</td>
                <td className={parts.right}>{row.type === 'undetermined' ? '–' : formatNumber(Number(row.expected_customers))}</td>
                <td className={parts.right}>{money(row.net_revenue)}</td>
                <td className={`${parts.right}${String(row.customer_profit).startsWith('-') ? ' loss' : ''}`}>
                  {money(row.customer_profit)}
                </td>
                <td className="dim">{String(row.guidance)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {moves && moves.rows.length > 0 && (
        <>
          <h3 style={{ marginTop: 32 }}>How they moved</h3>
          <p className="dim small">
            Customers who bought in both of the last two windows: type before down, type now across, with the same cuts.
          </p>
          <section className={parts.scroll} aria-label="Moves between types, as a table">
            <table className={`${parts.table} ${own.matrix}`}>
              <thead>
                <tr>
                  <th scope="col">Before</th>
                  {order.map((type) => (
                    <th key={type} scope="col" className={parts.right}>
                      {title(type)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {order.map((before) => (
                  <tr key={before}>
                    <th scope="row">{title(before)}</th>
                    {order.map((now) => {
                      const row = moved(before, now)
                      return (
                        <td key={now} className={parts.right}>
                          {row ? (
                            <>
                              {formatCount(Number(row.customers))}{' '}
                              <span className="dim">{formatRatio(Number(row.share), { digits: 0 })}</span>
                            </>
                          ) : (
                            '–'
                          )}
                        </td>
                      )
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </Section>
  )
}
