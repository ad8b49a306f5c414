import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { whaleCurve } from '../../../src/charts/index.ts'
import { formatCount, formatMoney, formatShare } from '../../../src/shared/format.ts'
import { type Portfolio, type Row, tablePageOptions } from '../../parts/api.ts'
import { Brush } from '../../parts/Brush.tsx'
import { Exhibit } from '../../parts/Exhibit.tsx'
import parts from '../../parts/parts.module.css'
import { chartContext } from './measure.ts'
import classes from './portfolio.module.css'

const none: Row[] = []

interface Range {
  from: number | undefined
  to: number | undefined
}

/** The whale curve, large; a part of it picked by mouse, by keys or by number filters the table below. */
export function WhaleExhibit({
  portfolio,
  from,
  to,
  onRange,
}: {
  portfolio: Portfolio
  from: number | undefined
  to: number | undefined
  onRange: (range: Range) => void
}) {
  const context = useMemo(() => chartContext(portfolio), [portfolio])
  const points = portfolio.whaleCurve?.rows ?? none
  const tall = useMediaQuery('(min-width: 1181px)', true, { getInitialValueInEffect: false })
  const chart = useMemo(
    () => whaleCurve({ points, concentration: portfolio.concentration?.rows }, context),
    [points, portfolio.concentration, context],
  )
  const last = points.at(-1)
  const count = Number(last?.rank ?? 0)
  const ranks = useMemo(() => points.map((point) => Number(point.rank)), [points])
  const losers = points.find((point) => String(point.measure ?? '').startsWith('-'))
  const picked = from !== undefined || to !== undefined
  const first = Math.max(1, from ?? 1)
  const end = Math.min(count, to ?? count)
  const { currency } = portfolio.workspace

  const sums = useQuery({
    ...tablePageOptions(
      'customer_profit',
      {
        snapshot: portfolio.snapshot.id,
        filters: JSON.stringify([
          { column: 'measure_rank', op: 'ge', value: first },
          { column: 'measure_rank', op: 'le', value: end },
        ]),
      },
      0,
      1,
      true,
    ),
    enabled: picked && count > 0,
  })
  const sum = sums.data?.totals?.measure
  const total = Number(last?.cumulative ?? 0)
  const word = context.measure === 'contribution' ? 'contribution' : 'net revenue'

  const pick = (a: number, b: number): void => onRange(a <= 1 && b >= count ? { from: undefined, to: undefined } : { from: a, to: b })
  return (
    <div>
      <Exhibit
        chart={chart}
        currency={currency}
        heading="h2"
        height={tall ? 460 : undefined}
        {...(count > 0
          ? {
              overlay: (drawing, size) => (
                <Brush
                  drawing={drawing}
                  size={size}
                  count={count}
                  ranks={ranks}
                  from={first}
                  to={end}
                  picked={picked}
                  onPick={pick}
                  onClear={() => onRange({ from: undefined, to: undefined })}
                />
              ),
            }
          : {})}
      />
      {count > 0 && !chart.empty && (
        <div className={`${classes.pick} no-print`}>
          <form
            className={classes.ranks}
            onSubmit={(event) => {
              event.preventDefault()
              const form = new FormData(event.currentTarget)
              const a = Math.max(1, Math.min(count, Math.round(Number(form.get('from')) || 1)))
              const b = Math.max(1, Math.min(count, Math.round(Number(form.get('to')) || count)))
              pick(Math.min(a, b), Math.max(a, b))
            }}
          >
            <span>Customers ranked</span>
            <input
              key={`a${first}`}
              name="from"
              inputMode="numeric"
              defaultValue={first}
              aria-label="First rank"
              size={Math.max(3, String(count).length)}
            />
            <span>to</span>
            <input
              key={`b${end}`}
              name="to"
              inputMode="numeric"
              defaultValue={end}
              aria-label="Last rank"
              size={Math.max(3, String(count).length)}
            />
            <button type="submit" className={parts.link}>
              Pick
            </button>
          </form>
          <button type="button" className={parts.link} onClick={() => pick(1, Math.max(1, Math.round(count * 0.2)))}>
            Best 20 %
          </button>
          {losers && (
            <button type="button" className={parts.link} onClick={() => pick(Number(losers.rank), count)}>
              {context.measure === 'contribution' ? 'Loss makers' : 'Below zero'}
            </button>
          )}
          {picked && (
            <button type="button" className={parts.link} onClick={() => onRange({ from: undefined, to: undefined })}>
              All
            </button>
          )}
          <span className={classes.sum} aria-live="polite">
            {picked && sum !== undefined && sum !== null ? (
              <>
                {formatCount(end - first + 1)} of {formatCount(count)} customers ({formatShare((end - first + 1) / count)}):{' '}
                <b className={String(sum).startsWith('-') ? 'loss' : ''}>{formatMoney(String(sum), currency, { compact: true })}</b> {word}
                {total > 0 ? `, ${formatShare(Number(sum) / total)} of the total` : ''}
              </>
            ) : (
              !picked && <span className="dim">Drag over the curve to pick customers; the table below follows.</span>
            )}
          </span>
        </div>
      )}
    </div>
  )
}
