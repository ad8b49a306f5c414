import { useQuery } from '@tanstack/react-query'
import { formatCount, formatDate, formatRange, formatRatio } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'

/** Whether those who lost money lose it again. */
export function Persistence({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const rows = useQuery(tablePageOptions('profit_persistence', { snapshot, sort: '-to_date' }, 0, 40, false)).data?.rows
  if (!rows) return null
  const percent = (value: unknown) => (value === null ? '–' : formatRatio(Number(value), { digits: 0 }))
  return (
    <Section
      title="Do loss makers stay loss makers?"
      id="persistence"
      lead="Rolling windows a quarter apart, each held against the one before it that shares no day with it."
    >
      {rows.length === 0 ? (
        <p className="dim">The ledger and the orders together cover fewer than two quarters.</p>
      ) : (
        <section className={parts.scroll} aria-label="Persistence of losses, as a table">
          <table className={parts.table}>
            <thead>
              <tr>
                <th scope="col">Window</th>
                <th scope="col" className={parts.right}>
                  Customers
                </th>
                <th scope="col" className={parts.right}>
                  Loss makers
                </th>
                <th scope="col" className={parts.right}>
                  Known before
                </th>
                <th scope="col" className={parts.right}>
                  Lost again
                </th>
                <th scope="col" className={parts.right}>
                  Share <span className={parts.unit}>90 %</span>
                </th>
                <th scope="col" className={parts.right}>
                  By chance
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={String(row.to_date)}>
                  <th scope="row">
                    {formatDate(String(row.from_date))} to {formatDate(String(row.to_date))}
                  </th>
                  <td className={parts.right}>{formatCount(Number(row.customers))}</td>
                  <td className={parts.right}>{formatCount(Number(row.loss_makers))}</td>
                  <td className={parts.right}>{formatCount(Number(row.known))}</td>
                  <td className={parts.right}>{formatCount(Number(row.stayed))}</td>
                  <td className={parts.right}>
                    {percent(row.share)}{' '}
                    {row.share !== null && <span className="dim">({formatRange(percent(row.low), percent(row.high))})</span>}
                  </td>
                  <td className={parts.right}>{percent(row.chance)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Section>
  )
}
