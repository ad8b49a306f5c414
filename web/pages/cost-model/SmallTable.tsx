import { useQuery } from '@tanstack/react-query'
import { type Portfolio, tablePageOptions, useTables } from '../../parts/api.ts'
import parts from '../../parts/parts.module.css'
import { Bone, Show } from '../../parts/States.tsx'
import { isNumeric, keyOf, Num, showCell, unitOf } from '../../parts/values.tsx'

/** A result table of a few rows, as it stands; every figure says where it comes from. */
export function SmallTable({
  portfolio,
  table,
  columns,
  sort,
  none,
}: {
  portfolio: Portfolio
  table: string
  columns: string[]
  sort: string
  none?: string
}) {
  const snapshot = portfolio.snapshot.id
  const { currency } = portfolio.workspace
  const contract = useTables(snapshot).data?.tables.find(({ name }) => name === table)
  const rows = useQuery({ ...tablePageOptions(table, { snapshot, sort }, 0, 200, false), retry: false })
  return (
    <Show query={rows} shape={<Bone height={160} />}>
      {({ rows: list }) =>
        !contract ? (
          <Bone height={160} />
        ) : list.length === 0 ? (
          <p className="dim">{none ?? 'Nothing to show.'}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section className={parts.twin} tabIndex={0} aria-label={contract.title}>
            <table className={parts.table}>
              <thead>
                <tr>
                  {columns.map((name) => (
                    <th key={name} scope="col" className={isNumeric(contract.columns[name]!.type) ? parts.right : undefined}>
                      {contract.columns[name]!.title} <span className={parts.unit}>{unitOf(contract.columns[name]!, currency)}</span>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {list.map((row) => (
                  <tr key={JSON.stringify(keyOf(contract, row))}>
                    {columns.map((name) => {
                      const column = contract.columns[name]!
                      const numeric = isNumeric(column.type)
                      return (
                        <td key={name} className={numeric ? parts.right : undefined}>
                          {numeric ? (
                            <Num
                              text={showCell(row[name], column, currency)}
                              value={row[name]}
                              target={{ table, column: name, where: keyOf(contract, row) }}
                            />
                          ) : (
                            showCell(row[name], column, currency)
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
    </Show>
  )
}
