import { useQuery } from '@tanstack/react-query'
import { formatMoney } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'

/** What the list frees in each pool, and how much of it can be given up. */
export function CapacityTable({ portfolio }: { portfolio: Portfolio }) {
  const rows = useQuery(tablePageOptions('released_capacity', { snapshot: portfolio.snapshot.id, sort: '-freed' }, 0, 100, false)).data
    ?.rows
  const { currency } = portfolio.workspace
  if (!rows || rows.length === 0) return null
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true, currencyDisplay: 'none' })
  return (
    <Section
      title="Does the saved cost really go?"
      id="capacity"
      lead="What the whole list frees a year, how much of it can be given up by the horizon, and what would be stranded: nobody needs it and it is still paid."
    >
      <section className={parts.scroll} aria-label="Capacity freed, as a table">
        <table className={parts.table}>
          <thead>
            <tr>
              <th scope="col">Pool</th>
              {['Cost a year', 'Freed', 'Avoidable', 'Stranded'].map((title) => (
                <th key={title} scope="col" className={parts.right}>
                  {title} <span className={parts.unit}>{currency}</span>
                </th>
              ))}
              <th scope="col">Given up</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={String(row.pool_id)}>
                <th scope="row">{String(row.title)}</th>
                {[row.cost, row.freed, row.avoidable, row.stranded].map((value, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: four fixed columns
                  <td key={i} className={parts.right}>
                    {money(value)}
                  </td>
                ))}
                <td className="dim">{row.stepped === true ? 'in whole steps' : 'by shares; steps are not known'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  )
}
