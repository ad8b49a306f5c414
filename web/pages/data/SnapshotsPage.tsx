import { Link } from '@tanstack/react-router'
import { formatCount, formatDate, formatMoment, formatMoney, formatSeconds, formatValue } from '../../../src/shared/format.ts'
import { type Cell, type Comparison, type SnapshotInfo, useComparison, useManifest, useSnapshots, useWorkspace } from '../../parts/api.ts'
import { PageHead, Section, useTitle } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import { useCommon } from '../../parts/useCommon.ts'
import { isNegative } from '../../parts/values.tsx'
import { DataTabs } from './DataTabs.tsx'

/** Every set of figures that was published, and what differs between two of them. */
export function SnapshotsPage() {
  useTitle('Snapshots')
  const query = useSnapshots()
  const { snapshot, compare, set } = useCommon()
  return (
    <Show heading="Snapshots" query={query} shape={<Bone height={300} />}>
      {({ snapshots }) => {
        const shown = snapshot ?? snapshots.find((one) => one.current)?.id
        return (
          <>
            <PageHead
              eyebrow="Data"
              title={
                snapshots.length === 0
                  ? 'No snapshot yet'
                  : snapshots.length === 1
                    ? 'One snapshot'
                    : `${formatCount(snapshots.length)} snapshots`
              }
              doubt="A snapshot is never changed: the same imports, settings and seed give the same figures, to the byte."
            />
            <DataTabs />
            {snapshots.length === 0 ? (
              <Empty title="Figures are computed after the first import" action={<Link to="/data/import">Import files</Link>} />
            ) : (
              <SnapshotTable snapshots={snapshots} shown={shown} compare={compare} set={set} />
            )}
            {shown && compare && compare !== shown ? (
              <Compared a={compare} b={shown} />
            ) : (
              snapshots.length > 1 && (
                <p className="dim" style={{ marginTop: 16 }}>
                  Choose “compare” beside a snapshot to see what differs from the one shown.
                </p>
              )
            )}
            {shown && <Made id={shown} />}
          </>
        )
      }}
    </Show>
  )
}

function SnapshotTable({
  snapshots,
  shown,
  compare,
  set,
}: {
  snapshots: SnapshotInfo[]
  shown: string | undefined
  compare: string | undefined
  set: ReturnType<typeof useCommon>['set']
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.scroll} tabIndex={0} aria-label="Snapshots">
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">As of</th>
            <th scope="col">Made</th>
            <th scope="col">Id</th>
            <th scope="col">Show</th>
            <th scope="col">Compare</th>
          </tr>
        </thead>
        <tbody>
          {snapshots.map((one) => (
            <tr key={one.id} className={one.id === shown ? parts.strong : undefined}>
              <th scope="row" className="tab">
                {formatDate(one.asOf)}
              </th>
              <td className="tab">{formatMoment(one.createdAt)}</td>
              <td className="tab dim">{one.id}</td>
              <td>
                {one.id === shown ? (
                  one.current ? (
                    'shown, published'
                  ) : (
                    'shown'
                  )
                ) : (
                  <button
                    type="button"
                    className={parts.link}
                    onClick={() =>
                      set({ snapshot: one.current ? undefined : one.id, ...(compare === one.id ? { compare: undefined } : {}) })
                    }
                  >
                    show{one.current ? ', published' : ''}
                    <span className="visually-hidden"> snapshot of {formatMoment(one.createdAt)}</span>
                  </button>
                )}
              </td>
              <td>
                {one.id === shown ? (
                  ''
                ) : one.id === compare ? (
                  <button type="button" className={parts.link} onClick={() => set({ compare: undefined })}>
                    compared; stop
                  </button>
                ) : (
                  <button type="button" className={parts.link} onClick={() => set({ compare: one.id })}>
                    compare<span className="visually-hidden"> with snapshot of {formatMoment(one.createdAt)}</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Compared({ a, b }: { a: string; b: string }) {
  const query = useComparison(a, b)
  const currency = useWorkspace().data?.currency ?? 'EUR'
  return (
    <Section title="What differs" id="differs">
      <Show query={query} shape={<Bone height={240} />}>
        {(comparison) => <Differences comparison={comparison} currency={currency} />}
      </Show>
    </Section>
  )
}

function Differences({ comparison: c, currency }: { comparison: Comparison; currency: string }) {
  const tables = c.tables.filter((table) => table.added + table.removed + table.changed > 0 || table.rowsA !== table.rowsB)
  return (
    <>
      <p>
        <b>Why:</b> {c.why.length === 0 ? 'inputs, settings and version are the same.' : c.why.join('; ')}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={parts.scroll} tabIndex={0} aria-label="Key figures compared" style={{ marginTop: 16 }}>
        <table className={parts.table}>
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col" className={parts.right}>
                {formatDate(c.a.asOf)}
              </th>
              <th scope="col" className={parts.right}>
                {formatDate(c.b.asOf)}
              </th>
              <th scope="col" className={parts.right}>
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {c.figures.map((figure) => {
              const show = (value: typeof figure.a, sign = false): string =>
                formatValue(value, { type: figure.type, unit: figure.unit }, currency, { sign })
              return (
                <tr key={figure.name}>
                  <th scope="row">{figure.title}</th>
                  <td className={parts.right}>{show(figure.a)}</td>
                  <td className={parts.right}>{show(figure.b)}</td>
                  <td className={`${parts.right}${isNegative(figure.change) ? ' loss' : ''}`}>{show(figure.change, true)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
      {tables.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className={parts.scroll} tabIndex={0} aria-label="Tables compared" style={{ marginTop: 24 }}>
          <table className={parts.table}>
            <thead>
              <tr>
                <th scope="col">Table</th>
                {['Rows before', 'Rows now', 'Added', 'Removed', 'Changed'].map((title) => (
                  <th key={title} scope="col" className={parts.right}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {tables.map((table) => (
                <tr key={table.name}>
                  <th scope="row">{table.name.replaceAll('_', ' ')}</th>
                  {[table.rowsA, table.rowsB, table.added, table.removed, table.changed].map((value, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: fixed columns
                    <td key={index} className={parts.right}>
                      {value === null ? '–' : formatCount(value)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {c.customers.length > 0 && <CustomersMoved rows={c.customers} currency={currency} />}
    </>
  )
}

function CustomersMoved({ rows, currency }: { rows: Comparison['customers']; currency: string }) {
  const money = (value: Cell, sign = false): string =>
    formatMoney(value === null ? null : String(value), currency, { currencyDisplay: 'none', sign })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.scroll} tabIndex={0} aria-label="Customers that moved most" style={{ marginTop: 24 }}>
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">Customers that moved most</th>
            {['Before', 'Now', 'Change'].map((title) => (
              <th key={title} scope="col" className={parts.right}>
                {title} <span className={parts.unit}>{currency}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={String(row.customer_id)}>
              <th scope="row">
                <Link to="/customers/$id" params={{ id: String(row.customer_id) }}>
                  {String(row.name ?? row.customer_id)}
                </Link>
              </th>
              <td className={parts.right}>{money(row.before ?? null)}</td>
              <td className={parts.right}>{money(row.now ?? null)}</td>
              <td className={`${parts.right}${isNegative(row.change) ? ' loss' : ''}`}>{money(row.change ?? null, true)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Made({ id }: { id: string }) {
  const query = useManifest(id)
  return (
    <Section title="How the snapshot shown was made" id="made">
      <Show query={query} shape={<Bone height={160} />}>
        {(manifest) => (
          <>
            <dl className={parts.facts}>
              <dt>Made</dt>
              <dd className="tab">
                {formatMoment(manifest.createdAt)} by Clientele {manifest.version}, in {formatSeconds(manifest.seconds)}
              </dd>
              <dt>As of</dt>
              <dd className="tab">{formatDate(manifest.asOf)}</dd>
              <dt>Seed</dt>
              <dd className="tab">{manifest.seed}</dd>
              <dt>Imports</dt>
              <dd className="tab">{manifest.inputs.map((input) => `${input.import} (${formatCount(input.rows)} rows)`).join(', ')}</dd>
              <dt>Settings</dt>
              <dd className="tab">{manifest.settingsHash.slice(0, 16)}</dd>
            </dl>
            <table className={parts.table} style={{ marginTop: 16 }}>
              <thead>
                <tr>
                  <th scope="col">Step</th>
                  <th scope="col">Writes</th>
                  <th scope="col" className={parts.right}>
                    Time
                  </th>
                </tr>
              </thead>
              <tbody>
                {manifest.steps.map((step) => (
                  <tr key={step.name}>
                    <th scope="row">{step.title}</th>
                    <td className="dim">
                      {step.writes
                        .map((name) => `${name} (${formatCount(manifest.tables.find((t) => t.name === name)?.rows ?? 0)})`)
                        .join(', ')}
                    </td>
                    <td className={parts.right}>{formatSeconds(step.seconds)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Show>
    </Section>
  )
}
