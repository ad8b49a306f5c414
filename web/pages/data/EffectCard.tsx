import { formatCount, formatCounted, formatMoney, formatMonth } from '../../../src/shared/format.ts'
import { type ImportEffect, useStagedEffect } from '../../parts/api.ts'
import { WarnIcon } from '../../parts/icons.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Show } from '../../parts/States.tsx'
import classes from './data.module.css'

/** What committing would change, before anything is: sentences first, then the months that it touches. */
export function EffectCard({ staged }: { staged: string }) {
  return (
    <section className={classes.card} aria-labelledby="effect">
      <h2 id="effect" className={classes.cardTitle}>
        What committing changes
      </h2>
      <Show query={useStagedEffect(staged)} what="The effect" shape={<Bone height={72} />}>
        {({ effect }) => (effect ? <Told effect={effect} /> : null)}
      </Show>
    </section>
  )
}

function Told({ effect }: { effect: ImportEffect }) {
  return (
    <>
      <ul className={classes.effect}>
        {effect.sentences.map(({ text, warn }) => (
          <li key={text} data-warn={warn}>
            {warn && <WarnIcon size={15} />}
            <span>{text}</span>
          </li>
        ))}
      </ul>
      {effect.monthsShared > 0 && <Months effect={effect} />}
    </>
  )
}

/** Month by month before and after: lines that are loaded twice under other order numbers show here. */
function Months({ effect }: { effect: ImportEffect }) {
  const several = new Set(effect.months.map(({ currency }) => currency)).size > 1
  const shown = effect.months.filter(({ linesBefore }) => linesBefore > 0)
  return (
    <details className={classes.effectMonths}>
      <summary>{formatCounted(effect.monthsShared, 'month')} that had orders already, before and after</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label="Months before and after" style={{ overflowX: 'auto' }}>
        <table className={parts.table}>
          <thead>
            <tr>
              <th scope="col">Month</th>
              {several && <th scope="col">Currency</th>}
              <th scope="col" className={parts.right}>
                Lines before
              </th>
              <th scope="col" className={parts.right}>
                Added
              </th>
              <th scope="col" className={parts.right}>
                Amount before
              </th>
              <th scope="col" className={parts.right}>
                Added
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={`${one.month} ${one.currency}`}>
                <th scope="row" className="tab" style={{ whiteSpace: 'nowrap' }}>
                  {formatMonth(`${one.month}-01`)}
                </th>
                {several && <td>{one.currency}</td>}
                <td className={parts.right}>{formatCount(one.linesBefore)}</td>
                <td className={parts.right}>{formatCount(one.linesAdded)}</td>
                <td className={parts.right}>{formatMoney(one.amountBefore, one.currency)}</td>
                <td className={parts.right}>{formatMoney(one.amountAdded, one.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
