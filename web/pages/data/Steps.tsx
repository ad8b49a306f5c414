import { CheckIcon } from '../../parts/icons.tsx'
import classes from './data.module.css'

export const importSteps = ['Files', 'Mapping', 'Check', 'Preview', 'Commit'] as const
export type ImportStep = (typeof importSteps)[number]

/** Where one is in an import; steps that are done can be gone back to. */
export function Steps({ now, can, onGo }: { now: ImportStep; can?: (step: ImportStep) => boolean; onGo?: (step: ImportStep) => void }) {
  const at = importSteps.indexOf(now)
  return (
    <ol className={classes.steps} aria-label="Steps of the import">
      {importSteps.map((step, index) => {
        const state = index === at ? 'now' : index < at ? 'done' : 'later'
        return (
          <li key={step} className={classes.step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
            <span className={classes.dot} aria-hidden="true">
              {state === 'done' ? <CheckIcon size={12} /> : index + 1}
            </span>
            {state !== 'now' && onGo && can?.(step) ? (
              <button type="button" onClick={() => onGo(step)}>
                {step}
              </button>
            ) : (
              <span>{step}</span>
            )}
          </li>
        )
      })}
    </ol>
  )
}
