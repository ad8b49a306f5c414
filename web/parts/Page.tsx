import { type ReactNode, useEffect } from 'react'
import { keepTogether } from '../../src/shared/format.ts'
import classes from './parts.module.css'

/** Names the browser tab; each page has its own. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Clientele`
  }, [title])
}

/** Head of a page: where one is, the finding in one sentence, its doubt, and what can be done. */
export function PageHead({
  eyebrow,
  title,
  doubt,
  actions,
}: {
  eyebrow?: ReactNode
  title: ReactNode
  doubt?: ReactNode
  actions?: ReactNode
}) {
  return (
    <header className={classes.pageHead}>
      <div className={classes.headRow}>
        <div style={{ minWidth: 0 }}>
          {eyebrow && <div className={classes.eyebrow}>{eyebrow}</div>}
          <h1 className={classes.pageTitle}>{typeof title === 'string' ? keepTogether(title) : title}</h1>
          {doubt && <p className={classes.pageDoubt}>{doubt}</p>}
        </div>
        {actions && <div className={`${classes.pageActions} no-print`}>{actions}</div>}
      </div>
    </header>
  )
}

export function Section({
  title,
  lead,
  actions,
  children,
  id,
}: {
  title: ReactNode
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
  id?: string
}) {
  return (
    <section className={classes.section} {...(id ? { id, 'aria-labelledby': `${id}-title` } : {})}>
      <div className={classes.headRow} style={{ marginBottom: 12 }}>
        <div>
          <h2 className={classes.sectionTitle} {...(id ? { id: `${id}-title` } : {})}>
            {title}
          </h2>
          {lead && <p className={classes.sectionLead}>{lead}</p>}
        </div>
        {actions && <div className="no-print">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

export function Foot({ children }: { children: ReactNode }) {
  return <footer className={classes.foot}>{children}</footer>
}
