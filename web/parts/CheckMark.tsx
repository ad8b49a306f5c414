import { CheckIcon, StopIcon, WarnIcon } from './icons.tsx'
import classes from './parts.module.css'

const words = { pass: 'holds', warn: 'look', fail: 'fails' } as const

/** Outcome of a check in shape, word and colour. */
export function CheckMark({ status }: { status: 'pass' | 'warn' | 'fail' }) {
  const Icon = { pass: CheckIcon, warn: WarnIcon, fail: StopIcon }[status]
  return (
    <span className={classes.badge} data-tone={status === 'pass' ? 'plain' : 'bad'}>
      <Icon size={14} />
      {words[status]}
    </span>
  )
}
