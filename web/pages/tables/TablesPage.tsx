import { Link } from '@tanstack/react-router'
import { formatCount } from '../../../src/shared/format.ts'
import { exportUrl, useTables } from '../../parts/api.ts'
import { PageHead, Section, useTitle } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Show } from '../../parts/States.tsx'
import { useCommon } from '../../parts/useCommon.ts'
import { DataTabs } from '../data/DataTabs.tsx'

/** Every table there is, input and result, with what a row stands for; each can be read and taken along. */
export function TablesPage() {
  useTitle('Tables')
  const { snapshot } = useCommon()
  const query = useTables(snapshot)
  return (
    <Show heading="Tables" query={query} shape={<Bone height={420} />}>
      {({ tables }) => {
        const there = tables.filter((table) => table.rows !== null)
        const absent = tables.filter((table) => table.rows === null && table.kind === 'canonical')
        return (
          <>
            <PageHead
              eyebrow="Data"
              title={`${formatCount(there.length)} tables can be read`}
              doubt="Results are computed from the input tables; each column has a contract: unit, meaning, formula and where it comes from."
            />
            <DataTabs />
            {(['result', 'canonical'] as const).map((kind) => {
              const list = there.filter((table) => table.kind === kind)
              return (
                list.length > 0 && (
                  <Section key={kind} title={kind === 'result' ? 'Results' : 'Input'} id={kind}>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
                    <section className={parts.scroll} tabIndex={0} aria-label={kind === 'result' ? 'Result tables' : 'Input tables'}>
                      <table className={parts.table}>
                        <thead>
                          <tr>
                            <th scope="col">Table</th>
                            <th scope="col">What it says</th>
                            <th scope="col">One row per</th>
                            <th scope="col" className={parts.right}>
                              Rows
                            </th>
                            <th scope="col">Take along</th>
                          </tr>
                        </thead>
                        <tbody>
                          {list.map((table) => (
                            <tr key={table.name}>
                              <th scope="row">
                                <Link to="/tables/$name" params={{ name: table.name }}>
                                  {table.title}
                                </Link>
                              </th>
                              <td>{table.meaning}</td>
                              <td className="dim">{table.grain}</td>
                              <td className={parts.right}>{formatCount(table.rows)}</td>
                              <td style={{ whiteSpace: 'nowrap' }}>
                                <a href={exportUrl(table.name, { snapshot }, 'csv')} download aria-label={`${table.title} as CSV`}>
                                  CSV
                                </a>{' '}
                                <a href={exportUrl(table.name, { snapshot }, 'parquet')} download aria-label={`${table.title} as Parquet`}>
                                  Parquet
                                </a>
                              </td>
                            </tr>
                          ))}
                        </tbody>
                      </table>
                    </section>
                  </Section>
                )
              )
            })}
            {absent.length > 0 && (
              <Section title="Input that is not there" id="absent">
                <p className="dim">{absent.map((table) => table.title.toLowerCase()).join(', ')}.</p>
              </Section>
            )}
          </>
        )
      }}
    </Show>
  )
}
