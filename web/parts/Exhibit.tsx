import { Menu, Tooltip } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { type Chart, type Drawing, drawChart } from '../../src/charts/index.ts'
import { keepTogether } from '../../src/shared/format.ts'
import { savePng, saveText, svgText, twinCsv } from './download.ts'
import { ChartIcon, DownloadIcon, TableIcon } from './icons.tsx'
import { useKeys } from './keys.ts'
import classes from './parts.module.css'
import { useChartTheme } from './useChartTheme.ts'
import { isNegative, isNumeric, showCell, unitOf } from './values.tsx'

/**
 * A chart with its finding as title, its table twin (key `t`), its summary for screen readers and its downloads. `overlay` is drawn above
 * it once it stands, with the drawing at hand for its scales.
 */
export function Exhibit({
  chart,
  currency,
  height,
  overlay,
  heading = 'h3',
  hideTitle = false,
}: {
  chart: Chart
  currency: string
  height?: number | undefined
  overlay?: (drawing: Drawing, size: { width: number; height: number }) => ReactNode
  heading?: 'h2' | 'h3'
  hideTitle?: boolean
}) {
  const [asTable, setAsTable] = useState(false)
  const id = useId()
  const Heading = heading
  const figure = useRef<HTMLElement>(null)
  useKeys({
    t: () => {
      // Within a chart the key is for that one, elsewhere for all.
      const here = document.activeElement?.closest('figure')
      if (!here || here === figure.current) setAsTable((before) => !before)
    },
  })
  return (
    <figure ref={figure} className={`${classes.exhibit} avoid-break`} aria-labelledby={`${id}-title`} style={{ margin: 0 }}>
      <div className={classes.exhibitHead}>
        <div>
          <Heading id={`${id}-title`} className={hideTitle ? 'visually-hidden' : classes.exhibitTitle}>
            {keepTogether(chart.title)}
          </Heading>
          {chart.subtitle && <p className={classes.exhibitSub}>{chart.subtitle}</p>}
        </div>
        {!chart.empty && (
          <ExhibitTools chart={chart} currency={currency} asTable={asTable} onTable={() => setAsTable(!asTable)} figureId={id} />
        )}
      </div>
      <div className={classes.exhibitBody}>
        {chart.empty ? (
          <p className="dim">
            {chart.empty.reason} {chart.empty.next}
          </p>
        ) : asTable ? (
          <Twin chart={chart} currency={currency} />
        ) : (
          <ChartView chart={chart} id={id} {...(height ? { height } : {})} {...(overlay ? { overlay } : {})} />
        )}
      </div>
      {chart.notes.length > 0 && <p className={classes.exhibitNotes}>{chart.notes.join(' ')}</p>}
    </figure>
  )
}

function ChartView({
  chart,
  id,
  height,
  overlay,
}: {
  chart: Chart
  id: string
  height?: number
  overlay?: (drawing: Drawing, size: { width: number; height: number }) => ReactNode
}) {
  const { ref, width } = useElementSize()
  const holder = useRef<HTMLDivElement>(null)
  const theme = useChartTheme()
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  const wide = Math.floor(width)
  const high = height ?? chart.height(wide || 600)
  useEffect(() => {
    if (!holder.current || wide < 200) return
    const drawn = drawChart(chart, { width: wide, height: high, theme, id: `c${id.replace(/[^a-z0-9]/gi, '')}` })
    if (drawn) {
      // The drawing as a whole is one picture with a name; labels of its parts are not allowed inside it.
      for (const part of drawn.querySelectorAll('[aria-label], [aria-description]')) {
        part.removeAttribute('aria-label')
        part.removeAttribute('aria-description')
      }
      drawn.setAttribute('aria-label', chart.title)
      holder.current.replaceChildren(drawn)
    } else holder.current.replaceChildren()
    setDrawing(drawn)
  }, [chart, high, id, theme, wide])
  return (
    <div ref={ref} data-chart={id} style={{ position: 'relative', minHeight: high }}>
      <div ref={holder} />
      <p className="visually-hidden">{chart.summary}</p>
      {drawing && overlay?.(drawing, { width: wide, height: high })}
    </div>
  )
}

export function Twin({ chart, currency }: { chart: Chart; currency: string }) {
  const { columns, rows } = chart.table
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.twin} tabIndex={0} aria-label={`${chart.title}, as a table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={isNumeric(column.type) ? classes.right : undefined}>
                {column.title} <span className={classes.unit}>{unitOf(column, currency)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a fixed table
            <tr key={index}>
              {columns.map((column) => (
                <td
                  key={column.name}
                  className={`${isNumeric(column.type) ? classes.right : ''}${isNegative(row[column.name]) && isNumeric(column.type) ? ' loss' : ''}`}
                >
                  {showCell(row[column.name] as never, column, currency)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function ExhibitTools({
  chart,
  currency,
  asTable,
  onTable,
  figureId,
}: {
  chart: Chart
  currency: string
  asTable: boolean
  onTable: () => void
  figureId: string
}) {
  const svg = () => document.querySelector<SVGSVGElement>(`[data-chart="${figureId}"] svg`)
  return (
    <div className={`${classes.exhibitTools} no-print`}>
      <Tooltip label={asTable ? 'Show as chart (t)' : 'Show as table (t)'}>
        <button
          type="button"
          className={classes.tool}
          onClick={onTable}
          aria-pressed={asTable}
          aria-label={`${chart.title}: show as table`}
        >
          {asTable ? <ChartIcon /> : <TableIcon />}
        </button>
      </Tooltip>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <button type="button" className={classes.tool} aria-label={`${chart.title}: download`}>
            <DownloadIcon />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={asTable} onClick={() => svg() && saveText(`${chart.name}.svg`, svgText(svg()!, chart), 'image/svg+xml')}>
            Picture, SVG
          </Menu.Item>
          <Menu.Item disabled={asTable} onClick={() => svg() && void savePng(`${chart.name}.png`, svg()!, chart)}>
            Picture, PNG
          </Menu.Item>
          <Menu.Item onClick={() => saveText(`${chart.name}.csv`, twinCsv(chart, currency), 'text/csv')}>Figures, CSV</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
