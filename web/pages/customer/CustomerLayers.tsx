import { formatMoney, formatRatio } from '../../../src/shared/format.ts'
import type { Customer } from '../../parts/api.ts'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Term } from '../../parts/Term.tsx'
import { Num } from '../../parts/values.tsx'
import classes from './customer.module.css'

/** The customer's P&L as far as the data carries it; each amount leads to its lines. */
export function CustomerLayers({ customer }: { customer: Customer }) {
  const { contract, row } = customer.profit
  const { currency } = customer.workspace
  const net = Number(row.net_revenue ?? 0)
  const missing = customer.layers.filter((layer) => !layer.available)
  const unlocks = new Map<string, string[]>()
  for (const { title, unlock } of missing) unlocks.set(unlock ?? '', [...(unlocks.get(unlock ?? '') ?? []), title.toLowerCase()])
  return (
    <Section title="Layers" id="layers">
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col" className={parts.right}>
              Amount <span className={parts.unit}>{currency}</span>
            </th>
            <th scope="col" className={parts.right}>
              Of net revenue <span className={parts.unit}>%</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {customer.layers
            .filter((layer) => layer.available)
            .map((layer) => {
              const column = contract.columns[layer.layer]
              return (
                <tr key={layer.layer} className={layer.role === 'level' ? parts.strong : undefined}>
                  <th scope="row">{column ? <Term of={{ ...column, title: layer.title }} /> : layer.title}</th>
                  <td className={parts.right}>
                    <Num
                      text={formatMoney(layer.amount, currency, { currencyDisplay: 'none' })}
                      value={layer.amount}
                      strong={layer.role === 'level'}
                      target={{ table: contract.name, where: { customer_id: String(row.customer_id) }, column: layer.layer }}
                    />
                  </td>
                  <td className={`${parts.right} dim`}>
                    {layer.amount !== null && net > 0 ? formatRatio(Number(layer.amount) / net).replace(' %', '') : '–'}
                  </td>
                </tr>
              )
            })}
        </tbody>
      </table>
      {missing.length > 0 && (
        <ul className={`small dim ${classes.missing}`}>
          {[...unlocks].map(([unlock, titles]) => (
            <li key={unlock}>
              No {titles.join(', ')}: {unlock || 'the data does not say'}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
