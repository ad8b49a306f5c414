import { Table } from '@mantine/core'
import type { TablePage } from '../../parts/api.ts'
import { Bone } from '../../parts/States.tsx'
import { isNumeric, keyOf, Num, showCell, unitOf } from '../../parts/values.tsx'

/** A result table of a few rows, whole. */
export function SmallTable({ page, columns, currency }: { page: TablePage | undefined; columns: string[]; currency: string }) {
  if (!page) return <Bone height={160} />
  if (page.rows.length === 0) return <p className="dim">None.</p>
  const shown = columns.flatMap((name) => {
    const column = page.contract.columns[name]
    return column && page.rows.some((row) => row[name] !== null && row[name] !== undefined && row[name] !== '') ? [{ name, column }] : []
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section style={{ overflowX: 'auto' }} tabIndex={0} aria-label={`${page.contract.title}, table`}>
      <Table verticalSpacing={6} horizontalSpacing="sm" striped="even">
        <Table.Thead>
          <Table.Tr>
            {shown.map(({ name, column }) => {
              const unit = unitOf(column, currency)
              return (
                <Table.Th
                  key={name}
                  scope="col"
                  style={{ textAlign: isNumeric(column.type) ? 'right' : 'left', whiteSpace: 'nowrap' }}
                  title={column.meaning}
                >
                  {column.title}
                  {unit && <span className="dim"> {unit}</span>}
                </Table.Th>
              )
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {page.rows.map((row) => (
            <Table.Tr key={page.contract.key.map((name) => String(row[name])).join('|')}>
              {shown.map(({ name, column }) => (
                <Table.Td
                  key={name}
                  style={{
                    textAlign: isNumeric(column.type) ? 'right' : 'left',
                    minWidth: name === 'detail' || name === 'warning' ? 260 : undefined,
                    whiteSpace: isNumeric(column.type) ? 'nowrap' : undefined,
                  }}
                >
                  {isNumeric(column.type) ? (
                    <Num
                      text={showCell(row[name], column, currency)}
                      value={row[name]}
                      target={{ table: page.contract.name, column: name, where: keyOf(page.contract, row) }}
                    />
                  ) : (
                    showCell(row[name], column, currency)
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
