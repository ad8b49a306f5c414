import { keepTogether } from '../../src/shared/format.ts'
import type { Finding } from './api.ts'
import classes from './findings.module.css'

/** What one question found, numbered so that it can be cited: 2.1, 2.2. */
export function NumberedFindings({ findings, number }: { findings: Finding[]; number: number }) {
  if (findings.length === 0) return <p className="dim">Nothing can be said from this data.</p>
  return (
    <ol className={classes.list}>
      {[...findings]
        .sort((a, b) => b.weight - a.weight)
        .map((finding, i) => (
          <li key={finding.name} data-kind={finding.kind}>
            <span className={classes.kind}>
              {number}.{i + 1}
            </span>
            <p className={classes.text}>{keepTogether(finding.text)}</p>
            {finding.doubt && <p className={classes.doubt}>{keepTogether(finding.doubt)}</p>}
            {finding.action && <p className={classes.action}>{finding.action}</p>}
          </li>
        ))}
    </ol>
  )
}
