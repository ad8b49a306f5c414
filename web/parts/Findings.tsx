import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { keepTogether } from '../../src/shared/format.ts'
import type { Finding } from './api.ts'
import classes from './findings.module.css'
import parts from './parts.module.css'

const kinds: Record<Finding['kind'], string> = { good: 'Strength', bad: 'Loss or risk', neutral: 'To know', data: 'Data' }

/** What the run found, most important first, each with its doubt and what to do. */
export function Findings({ findings, first = 4 }: { findings: Finding[]; first?: number }) {
  const [all, setAll] = useState(false)
  const router = useRouter()
  const sorted = [...findings].sort((a, b) => b.weight - a.weight)
  if (sorted.length === 0) return <p className="dim">Nothing stands out.</p>
  return (
    <>
      <ol className={classes.list}>
        {(all ? sorted : sorted.slice(0, first)).map((finding) => (
          <li key={finding.name} data-kind={finding.kind}>
            <span className={classes.kind}>{kinds[finding.kind]}</span>
            <p className={classes.text}>{keepTogether(finding.text)}</p>
            {finding.doubt && <p className={classes.doubt}>{keepTogether(finding.doubt)}</p>}
            {finding.action && <p className={classes.action}>{finding.action}</p>}
            {finding.link && (
              <a
                className={parts.link}
                href={finding.link}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return
                  event.preventDefault()
                  router.history.push(finding.link!)
                }}
              >
                Show<span className="visually-hidden">: {finding.text}</span>
              </a>
            )}
          </li>
        ))}
      </ol>
      {sorted.length > first && (
        <button type="button" className={`${parts.link} no-print`} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `${sorted.length - first} more`}
        </button>
      )}
    </>
  )
}
