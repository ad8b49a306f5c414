import { formatCount, formatCounted, formatDate, formatMoney } from '../../../src/shared/format.ts'
import type { ImportReport } from '../../parts/api.ts'
import { setAsideUrl } from '../../parts/api.ts'
import { CheckIcon, DownloadIcon, StopIcon } from '../../parts/icons.tsx'
import parts from '../../parts/parts.module.css'
import classes from './data.module.css'

/** Rows in = kept + set aside, sums by currency, dates and customers: what makes an import trustworthy. */
export function Reconciliation({ report, staged }: { report: ImportReport; staged: boolean }) {
  const ties = report.rowsIn === report.rowsKept + report.rowsSetAside
  return (
    <>
      <div className={classes.equation}>
        <Part n={report.rowsIn} label="rows in" />
        <span className={classes.sign} aria-hidden="true">
          =
        </span>
        <Part n={report.rowsKept} label="kept" />
        <span className={classes.sign} aria-hidden="true">
          +
        </span>
        <Part n={report.rowsSetAside} label="set aside" tone={report.rowsSetAside > 0} />
        <span className={parts.badge} data-tone={ties ? 'plain' : 'bad'} style={{ paddingBottom: 20 }}>
          {ties ? <CheckIcon size={14} /> : <StopIcon size={14} />}
          {ties ? 'ties' : 'does not tie'}
        </span>
      </div>
      <div className={classes.meta}>
        {report.dates && (
          <span>
            {formatDate(report.dates.from)} to {formatDate(report.dates.to)}
          </span>
        )}
        <span>{formatCount(report.customers)} customers</span>
        <span>{formatCount(report.orders)} orders</span>
        <span>{formatCount(report.products)} products</span>
      </div>

      {report.totals.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className={parts.scroll} style={{ marginTop: 16 }} tabIndex={0} aria-label="Control totals">
          <table className={parts.table}>
            <thead>
              <tr>
                <th scope="col">Control totals</th>
                <th scope="col" className={parts.right}>
                  Lines
                </th>
                <th scope="col" className={parts.right}>
                  Invoiced
                </th>
                <th scope="col" className={parts.right}>
                  With customer
                </th>
                <th scope="col" className={parts.right}>
                  Unidentified
                </th>
                <th scope="col" className={parts.right}>
                  At list price
                </th>
                <th scope="col" className={parts.right}>
                  Product cost
                </th>
              </tr>
            </thead>
            <tbody>
              {report.totals.map((total) => {
                const money = (value: string | null): string => formatMoney(value, total.currency, { currencyDisplay: 'none' })
                return (
                  <tr key={total.currency}>
                    <th scope="row">{total.currency}</th>
                    <td className={parts.right}>{formatCount(total.lines)}</td>
                    <td className={parts.right}>
                      <b>{money(total.invoiceAmount)}</b>
                    </td>
                    <td className={parts.right}>{money(total.identifiedAmount)}</td>
                    <td className={parts.right}>
                      {money(total.unidentifiedAmount)}
                      {total.unidentifiedLines > 0 && <div className="small dim">{formatCount(total.unidentifiedLines)} lines</div>}
                    </td>
                    <td className={parts.right}>{money(total.listAmount)}</td>
                    <td className={parts.right}>{money(total.productCost)}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </section>
      )}

      {report.setAside.length > 0 && (
        <details className={classes.details} open={staged}>
          <summary>{formatCounted(report.rowsSetAside, 'row')} set aside, by what would repair them</summary>
          <div>
            <SetAside report={report} />
            <p>
              <a href={setAsideUrl(report.id, staged)} download>
                <DownloadIcon size={13} /> All rows set aside, as CSV
              </a>{' '}
              <span className="dim small">with file, row, column, value and reason, to correct and import again</span>
            </p>
          </div>
        </details>
      )}
      {report.flags.length > 0 && (
        <details className={classes.details} open={staged}>
          <summary>What is special about the rows kept</summary>
          <div>
            <table className={parts.table}>
              <tbody>
                {report.flags.map((flag) => (
                  <tr key={flag.flag}>
                    <th scope="row">
                      {flag.title}
                      <div className="small dim">{flag.note}</div>
                      {flag.examples.length > 0 && <div className="small dim tab">such as {flag.examples.slice(0, 3).join(', ')}</div>}
                    </th>
                    <td className={parts.right}>{formatCounted(flag.rows, 'row')}</td>
                    <td className={parts.right}>
                      {flag.amounts.map((a) => (
                        <div key={a.currency} className={a.amount.startsWith('-') ? 'loss' : ''}>
                          {formatMoney(a.amount, a.currency)}
                        </div>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
      <details className={classes.details}>
        <summary>How the files were read</summary>
        <div>
          {report.files.map((file) => (
            <div key={file.name}>
              <b>{file.name}</b>
              <p className="dim small">
                {file.recogniser.title}, {file.format.toUpperCase()}, {formatCounted(file.rows, 'row')}
              </p>
              <ul className={classes.list}>
                {file.detected.map((one) => (
                  <li key={one.what}>
                    {one.what}: <b>{one.value}</b>
                    {one.example && <span className="dim"> such as {one.example}</span>}
                  </li>
                ))}
              </ul>
            </div>
          ))}
          {report.assumptions.length > 0 && (
            <div>
              <b>Taken for granted</b>
              <ul className={classes.list}>
                {report.assumptions.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </div>
          )}
          {report.ignoredColumns.length > 0 && (
            <p>
              <b>Columns not used</b>: {report.ignoredColumns.join(', ')}
            </p>
          )}
          <p className="small dim tab">
            Import {report.id}, Clientele {report.version}, sha256 {report.files.map((file) => file.sha256.slice(0, 12)).join(', ')}
          </p>
        </div>
      </details>
    </>
  )
}

function Part({ n, label, tone = false }: { n: number; label: string; tone?: boolean }) {
  return (
    <div>
      <div className={`${classes.big}${tone ? ' loss' : ''}`}>{formatCount(n)}</div>
      <div className={classes.label}>{label}</div>
    </div>
  )
}

/** Errors grouped by repair, not by row: what, how many, where, found, expected, what to do. */
export function SetAside({ report }: { report: ImportReport }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.scroll} tabIndex={0} aria-label="Rows set aside">
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">What is wrong</th>
            <th scope="col" className={parts.right}>
              Rows
            </th>
            <th scope="col" className={parts.right}>
              Amount
            </th>
            <th scope="col">Where, such as</th>
          </tr>
        </thead>
        <tbody>
          {report.setAside.map((group) => (
            <tr key={group.reason}>
              <th scope="row">
                <b>{group.title}</b>
                <div className="dim">{group.repair}</div>
              </th>
              <td className={parts.right}>{formatCount(group.rows)}</td>
              <td className={parts.right}>
                {group.amounts.length === 0
                  ? '–'
                  : group.amounts.map((a) => (
                      <div key={a.currency} className={a.amount.startsWith('-') ? 'loss' : ''}>
                        {formatMoney(a.amount, a.currency)}
                      </div>
                    ))}
              </td>
              <td>
                {group.examples.slice(0, 3).map((example) => (
                  <div key={`${example.file} ${example.row} ${example.column}`} className="small">
                    <span className="tab">row {formatCount(example.row)}</span>
                    {example.column && <>, column “{example.column}”</>}
                    {example.value !== null && (
                      <>
                        : found <b>{example.value === '' ? 'nothing' : example.value.slice(0, 60)}</b>
                      </>
                    )}
                    {example.expected && <>, expected {example.expected}</>}
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
