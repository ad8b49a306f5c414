import { useQuery } from '@tanstack/react-query'
import { type Portfolio, type TablePage, tablePageOptions } from './api.ts'
import parts from './parts.module.css'
import { Bone, Show } from './States.tsx'
import { isNumeric, keyOf, Num, showCell, unitOf } from './values.tsx'

/** A few rows of a result table, whole; every figure says where it comes from. Columns that are empty throughout are left out. */
export function SmallTable({
  page,
  columns,
  currency,
  none = 'None.',
}: {
  page: TablePage | undefined
  columns: string[]
  currency: string
  none?: string
}) {
  if (!page) return <Bone height={160} />
  const { contract, rows } = page
  if (rows.length === 0) return <p className="dim">{none}</p>
  const empty = (value: unknown) => value === null || value === undefined || value === ''
  const shown = columns.flatMap((name) => {
    const column = contract.columns[name]
    return column && !rows.every((row) => empty(row[name])) ? [{ name, column, numeric: isNumeric(column.type) }] : []
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.twin} tabIndex={0} aria-label={`${contract.title}, table`}>
      <table className={parts.table}>
        <thead>
          <tr>
            {shown.map(({ name, column, numeric }) => (
              <th key={name} scope="col" className={numeric ? parts.right : undefined} title={column.meaning}>
                {column.title} <span className={parts.unit}>{unitOf(column, currency)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(keyOf(contract, row))}>
              {shown.map(({ name, column, numeric }) => (
                <td key={name} className={numeric ? parts.right : undefined}>
                  {numeric ? (
                    <Num
                      text={showCell(row[name], column, currency)}
                      value={row[name]}
                      target={{ table: contract.name, column: name, where: keyOf(contract, row) }}
                    />
                  ) : (
                    showCell(row[name], column, currency)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** A result table of a few rows by its name, as the snapshot holds it. */
export function ResultTable({
  portfolio,
  table,
  columns,
  sort,
  none = 'Nothing to show.',
}: {
  portfolio: Portfolio
  table: string
  columns: string[]
  sort: string
  none?: string
}) {
  const rows = useQuery({ ...tablePageOptions(table, { snapshot: portfolio.snapshot.id, sort }, 0, 200, false), retry: false })
  return (
    <Show query={rows} shape={<Bone height={160} />}>
      {(page) => <SmallTable page={page} columns={columns} currency={portfolio.workspace.currency} none={none} />}
    </Show>
  )
}
