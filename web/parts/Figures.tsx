import { formatBand, formatValue } from '../../src/shared/format.ts'
import type { Comparison, Figure } from './api.ts'
import classes from './parts.module.css'
import { Term } from './Term.tsx'
import { useCommon } from './useCommon.ts'
import { isNegative } from './values.tsx'

/** Key figures in a row: value, band, change since the snapshot compared with, meaning, and where it comes from. */
export function Figures({ figures, currency, comparison }: { figures: Figure[]; currency: string; comparison?: Comparison | undefined }) {
  return (
    <div className={classes.figures}>
      {figures.map((figure) => (
        <KeyFigure key={figure.name} figure={figure} currency={currency} change={comparison?.figures.find((f) => f.name === figure.name)} />
      ))}
    </div>
  )
}

function KeyFigure({ figure, currency, change }: { figure: Figure; currency: string; change: Comparison['figures'][number] | undefined }) {
  const { set, explainLink } = useCommon()
  const band = formatBand(figure, currency, { compact: true })
  const absent = figure.value === null
  const differs = change && change.change !== null && Number(change.change) !== 0
  return (
    <div className={classes.figure}>
      <div className={classes.figureTitle}>
        <Term of={figure} />
      </div>
      <div
        className={`${classes.figureValue}${isNegative(figure.value) ? ' loss' : ''}`}
        title={absent ? undefined : formatValue(figure.value, figure, currency)}
      >
        {absent ? '–' : formatValue(figure.value, figure, currency, { compact: true })}
        {(figure.type === 'integer' || figure.type === 'number') &&
        figure.unit &&
        !figure.title.toLowerCase().includes(figure.unit.toLowerCase()) ? (
          <span className={classes.figureBand}> {figure.unit}</span>
        ) : null}
      </div>
      <div className={classes.figureFoot}>
        {band && (
          <Term of={{ title: band, meaning: figure.interval ?? 'Interval' }}>
            <span className={classes.figureBand}>{band}</span>
          </Term>
        )}
        {absent && figure.missing && <span className={classes.figureMore}>{figure.missing}</span>}
        {change && (
          <span className={classes.figureMore}>
            {differs
              ? `${formatValue(change.change, { type: change.type, unit: change.unit }, currency, { compact: true, sign: true })} since then`
              : 'unchanged since then'}
          </span>
        )}
        {figure.explain && !absent && (
          <button
            type="button"
            className={`${classes.link} no-print`}
            aria-label={`Explain ${figure.title}`}
            onClick={() => set({ explain: explainLink(figure.explain!) })}
          >
            Explain
          </button>
        )}
      </div>
    </div>
  )
}
