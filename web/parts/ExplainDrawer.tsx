import { CopyButton, Drawer } from '@mantine/core'
import { useMemo } from 'react'
import { formatCount, formatCounted, formatDate, formatValue, keepTogether } from '../../src/shared/format.ts'
import { type Explanation, useExplanation, useSourceLine, useTables } from './api.ts'
import { CheckMark } from './CheckMark.tsx'
import classes from './explain.module.css'
import { CheckIcon, StopIcon } from './icons.tsx'
import parts from './parts.module.css'
import { Bone, Failed, Loading } from './States.tsx'
import { type ExplainTarget, parseExplain } from './search.ts'
import { useCommon } from './useCommon.ts'
import { isMoney, isNegative, showCell } from './values.tsx'

/** Where a figure comes from, beside the page: formula, inputs, source rows with file and row. Its address is a link. */
export function ExplainDrawer() {
  const { explain, snapshot, set } = useCommon()
  const target = useMemo(() => parseExplain(explain), [explain])
  const query = useExplanation(target, snapshot)
  const close = (): void => set({ explain: undefined })
  return (
    <Drawer
      opened={explain !== undefined}
      onClose={close}
      position="right"
      size={560}
      title={<span className={classes.title}>Where this figure comes from</span>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      attributes={{ header: { role: 'presentation' } }}
    >
      {!target ? (
        explain !== undefined && <Failed error={undefined} what="This link names no figure" />
      ) : query.data ? (
        <Explained explanation={query.data} target={target} />
      ) : query.error ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Loading>
          <Bone width="40%" />
          <Bone width="60%" height={34} gap={8} />
          <Bone gap={24} />
          <Bone gap={8} width="80%" />
          <Bone gap={32} height={180} />
        </Loading>
      )}
    </Drawer>
  )
}

function Explained({ explanation: e, target }: { explanation: Explanation; target: ExplainTarget }) {
  const { currency } = e
  const contract = useTables().data?.tables.find((table) => table.name === e.table)
  const { set, explainLink } = useCommon()
  const where = Object.entries(e.where)
  return (
    <div className={classes.body}>
      <p className={classes.what}>
        {e.title}
        {where.length > 0 && (
          <span className="dim">
            {' '}
            ·{' '}
            {where
              .map(([key, value]) => {
                const column = contract?.columns[key]
                return `${column?.title ?? key} ${formatValue(value, column ?? { type: 'text' }, currency)}`
              })
              .join(', ')}
          </span>
        )}
      </p>
      <p className={`${classes.value}${isNegative(e.value) ? ' loss' : ''}`}>
        {formatValue(e.value, { type: e.type, unit: e.unit }, currency)}
        {e.unit && !isMoney(e.type) && e.unit !== 'rank' && e.type !== 'ratio' ? (
          <span className={classes.valueUnit}> {e.unit}</span>
        ) : null}
      </p>
      <p className={classes.meaning}>{e.meaning}</p>

      {e.formula && (
        <section>
          <h3>Formula</h3>
          <p className={classes.formula}>
            {e.title} = {e.formula}
          </p>
        </section>
      )}

      {e.inputs.length > 0 && (
        <section>
          <h3>From</h3>
          <table className={parts.table}>
            <tbody>
              {e.inputs.map((input) => (
                <tr key={input.column}>
                  <th scope="row">
                    <button
                      type="button"
                      className={parts.link}
                      style={{ fontSize: 14 }}
                      onClick={() => set({ explain: explainLink({ table: target.table, where: target.where, column: input.column }) })}
                    >
                      {input.title}
                    </button>
                    {input.formula && <div className="small dim">= {input.formula}</div>}
                    {input.sources && (
                      <div className="small dim">
                        {formatCounted(input.sources.rows, 'row')},{' '}
                        {input.sources.matches ? 'sums exactly' : `sums to ${formatValue(input.sources.sum ?? null, input, currency)}`}
                      </div>
                    )}
                  </th>
                  <td className={`${parts.right}${isNegative(input.value) ? ' loss' : ''}`}>{formatValue(input.value, input, currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {e.computed && (
            <p className={classes.match} style={{ marginTop: 8 }}>
              {e.computed.matches ? <CheckIcon size={14} /> : <StopIcon size={14} />}
              {e.computed.matches
                ? 'Computed again from these, it is the figure, exactly.'
                : `Computed again from these, it would be ${formatValue(e.computed.value, e, currency)}.`}
            </p>
          )}
        </section>
      )}

      {e.sources && <Sources explanation={e} currency={currency} />}

      <section>
        <h3>Ground</h3>
        <dl className={parts.facts}>
          <dt>As of</dt>
          <dd className="tab">{formatDate(e.asOf)}</dd>
          <dt>Snapshot</dt>
          <dd className="tab">{e.snapshot}</dd>
          <dt>Files</dt>
          <dd>{e.imports.map((one) => `${one.files.join(', ')}${one.active ? '' : ' (import since undone)'}`).join('; ') || 'none'}</dd>
        </dl>
        {e.checks.length > 0 && (
          <ul className={classes.checks}>
            {e.checks.map((check) => (
              <li key={check.name}>
                <CheckMark status={check.status} /> {check.title}
                <div className="small dim">{keepTogether(check.detail)}</div>
              </li>
            ))}
          </ul>
        )}
      </section>
      <p>
        <CopyButton value={window.location.href}>
          {({ copied, copy }) => (
            <button type="button" className={parts.link} onClick={copy}>
              {copied ? 'Link copied' : 'Copy a link to this explanation'}
            </button>
          )}
        </CopyButton>
      </p>
    </div>
  )
}

const shown = [
  'source_file',
  'source_row',
  'order_date',
  'order_id',
  'product_id',
  'kind',
  'quantity',
  'invoice_amount',
  'product_cost',
  'list_amount',
  'currency',
]

function Sources({ explanation: e, currency }: { explanation: Explanation; currency: string }) {
  const sources = e.sources!
  const source = useTables().data?.tables.find((table) => table.name === sources.table)
  const first = sources.sample[0]
  const columns = first
    ? (sources.table === 'order_line'
        ? shown.filter((name) => sources.sample.some((row) => row[name] !== null && row[name] !== undefined))
        : Object.keys(first)
      ).filter((name) => !name.endsWith('_key'))
    : []
  const oneFile = new Set(sources.sample.map((row) => row.source_file)).size === 1 ? sources.sample[0]?.source_file : undefined
  const visible = columns.filter((name) => !(name === 'source_file' && oneFile !== undefined))
  return (
    <section>
      <h3>
        {formatCount(sources.rows)} {sources.rows === 1 ? 'row' : 'rows'} of {source?.title.toLowerCase() ?? sources.table}
      </h3>
      {sources.sum !== undefined && (
        <p className={classes.match}>
          {sources.matches ? <CheckIcon size={14} /> : <StopIcon size={14} />}
          {sources.matches ? 'They sum to the figure, exactly: ' : 'They sum to something else: '}
          <span className="tab">{formatValue(sources.sum, { type: isMoney(e.type) ? e.type : 'quantity' }, currency)}</span>
        </p>
      )}
      {oneFile !== undefined && (
        <p className="small dim">
          All from <b>{String(oneFile)}</b>; the row is counted as a spreadsheet counts, the header included.
        </p>
      )}
      {visible.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className={classes.rows} tabIndex={0} aria-label="Source rows">
          <table className={parts.table}>
            <thead>
              <tr>
                {visible.map((name) => (
                  <th key={name} scope="col" className={isRight(source?.columns[name]?.type) ? parts.right : undefined}>
                    {source?.columns[name]?.title ?? name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sources.sample.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a fixed table
                <tr key={index}>
                  {visible.map((name) => (
                    <td
                      key={name}
                      className={`${isRight(source?.columns[name]?.type) ? parts.right : ''}${isNegative(row[name]) && isRight(source?.columns[name]?.type) ? ' loss' : ''}`}
                    >
                      {showCell(row[name], source?.columns[name] ?? { type: 'text' }, currency)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {first && typeof first.source_file === 'string' && (
        <FileLine place={{ import: String(first.import), file: first.source_file, row: Number(first.source_row) }} />
      )}
      {sources.rows > sources.sample.length && <p className="small dim">The first {formatCount(sources.sample.length)} are shown.</p>}
    </section>
  )
}

/** The first of the rows as it stands in its file. */
function FileLine({ place }: { place: { import: string; file: string; row: number } }) {
  const found = useSourceLine(place).data
  if (!found) return null
  return found.line ? (
    <figure className={classes.fileLine}>
      <figcaption className="small dim">
        The first of them as it stands in {place.file}, {found.line.line === null ? `row ${place.row}` : `line ${found.line.line}`}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{found.line.text}</pre>
    </figure>
  ) : (
    <p className="small dim">{place.file} is not where it was imported from any more, so its lines cannot be shown.</p>
  )
}

const isRight = (type: string | undefined): boolean =>
  type !== undefined && ['integer', 'money', 'money_sum', 'price', 'quantity', 'ratio', 'number'].includes(type)
