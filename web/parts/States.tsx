import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiError } from './api.ts'
import { StopIcon } from './icons.tsx'
import classes from './parts.module.css'

/** The shape of what comes: lines and blocks in grey, read out as one word. */
export function Loading({ children, label = 'Loading' }: { children: ReactNode; label?: string }) {
  return (
    <div role="status" aria-label={label}>
      <div aria-hidden="true">{children}</div>
    </div>
  )
}

export function Bone({ width = '100%', height = 14, gap = 0 }: { width?: number | string; height?: number | string; gap?: number }) {
  return <div className={classes.bone} style={{ width, height, marginTop: gap }} />
}

/** Nothing to show yet: why, and the next step. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.emptyTitle}>{title}</p>
      {children && <div className={classes.emptyText}>{children}</div>}
      {action && <div className={classes.emptyAction}>{action}</div>}
    </div>
  )
}

/** What went wrong, what to do, and a button to try again. */
export function Failed({ error, retry, what }: { error: unknown; retry?: (() => void) | undefined; what?: string }) {
  const known = error instanceof ApiError ? error : undefined
  return (
    <div className={classes.failed} role="alert">
      <StopIcon size={18} />
      <div>
        <p className={classes.failedTitle}>
          {what ? `${what}: ` : ''}
          {known?.message ?? 'Something went wrong in this page.'}
        </p>
        {known?.hint && <p className={classes.failedHint}>{known.hint}</p>}
        {known && known.problems.length > 0 && (
          <ul className={classes.failedList}>
            {known.problems.map((problem, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list
              <li key={index}>
                {[
                  problem.file,
                  problem.line && `line ${problem.line}`,
                  problem.row && `row ${problem.row}`,
                  problem.column && `column ${problem.column}`,
                ]
                  .filter(Boolean)
                  .join(', ')}
                {problem.file || problem.line || problem.row ? ': ' : ''}
                {problem.message} {problem.hint}
              </li>
            ))}
          </ul>
        )}
        {known && known.code !== 'unknown' && (
          <p className="small dim">
            Code <span className="tab">{known.code}</span>
          </p>
        )}
        {retry && (
          <Button size="compact-sm" variant="default" mt={8} onClick={retry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** The four states of everything that is fetched, in one place: its shape, its failure, its emptiness, itself. */
export function Show<T>({
  query,
  shape,
  what,
  heading,
  empty,
  children,
}: {
  query: Asked<T>
  shape: ReactNode
  what?: string
  /** Name of the page, where this is the whole page. */
  heading?: string
  empty?: (data: T) => ReactNode
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return <>{empty?.(query.data) ?? children(query.data)}</>
  if (query.error) {
    return (
      <>
        {heading && <h1 className={classes.failedHeading}>{heading}</h1>}
        <Failed error={query.error} retry={() => void query.refetch()} {...(what ? { what } : {})} />
      </>
    )
  }
  return (
    <>
      {heading && <h1 className="visually-hidden">{heading}</h1>}
      <Loading>{shape}</Loading>
    </>
  )
}
