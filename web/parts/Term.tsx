import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './parts.module.css'

export interface Meaning {
  title: string
  meaning: string
  formula?: string | undefined
  unit?: string | undefined
}

/** What a word or figure means, on hover, on focus and by touch; Esc closes it. The glossary says the same at more length. */
export function Term({ of, children, focusable = true }: { of: Meaning; children?: ReactNode; focusable?: boolean }) {
  return (
    <Tooltip label={<MeaningText of={of} />} openDelay={200} position="bottom-start">
      <button type="button" className={classes.term} tabIndex={focusable ? 0 : -1}>
        {children ?? of.title}
      </button>
    </Tooltip>
  )
}

export function MeaningText({ of }: { of: Meaning }) {
  return (
    <span style={{ display: 'block', fontSize: 13, lineHeight: 1.4 }}>
      {of.meaning}
      {of.formula && <span style={{ display: 'block', marginTop: 4, opacity: 0.85 }}>= {of.formula}</span>}
    </span>
  )
}
