import type { Jobs } from '../app/jobs.ts'
import type { Workspace } from '../app/workspace.ts'
import { AppError } from '../shared/errors.ts'
import type { Log } from './log.ts'
import type { UploadLimits } from './uploads.ts'

export interface AppLimits {
  upload: UploadLimits
  /** Bytes of a JSON body; defaults to 1 MiB. */
  bodyBytes: number
  /** Milliseconds that a query of a user may take; defaults to a minute. */
  query: number
  /** Milliseconds after which any other answer is given up; defaults to two minutes. */
  answer: number
}

/** What all handlers share. */
export interface HandlerContext {
  workspace: Workspace
  jobs: Jobs
  limits: AppLimits
  log: Log
  version: string
}

/** An unexpected stop of the server's own making, as an error for users. */
export function timedOut(milliseconds: number): AppError {
  return new AppError('http.timeout', `no answer within ${Math.round(milliseconds / 1000)} seconds; it was given up`, {
    kind: 'cancelled',
    hint: 'Ask for less: fewer rows, a narrower filter, or the command line.',
  })
}
