/**
 * Where in a user's input a problem lies. Lines, rows and columns count from 1, as editors and spreadsheets do.
 */
export interface Place {
  file?: string
  line?: number
  row?: number
  column?: number | string
}

/** One thing that is wrong with an input, in words a user can act on. */
export interface Problem extends Place {
  message: string
  hint?: string
  /** Where in a step's own settings it lies; the run turns it into file, line and column of clientele.yaml. */
  setting?: readonly PropertyKey[]
  /** Position within the text of that setting, from 1. */
  character?: number
}

/**
 * What went wrong in a form every door can show: a stable code, one sentence, and what to do about it.
 *
 * `kind` decides the exit code and the HTTP status: `usage` is a wrong question (2, 400), `data` a wrong input or result (1, 422),
 * `missing` something that is not there (1, 404), `conflict` a state that forbids it (1, 409), `cancelled` the user's own stop (1, 499),
 * `internal` our fault (1, 500).
 */
export class AppError extends Error {
  readonly code: string
  readonly kind: 'usage' | 'data' | 'missing' | 'conflict' | 'cancelled' | 'internal'
  readonly hint: string | undefined
  readonly problems: Problem[]

  constructor(
    code: string,
    message: string,
    options: { kind?: AppError['kind']; hint?: string; problems?: Problem[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.kind = options.kind ?? 'data'
    this.hint = options.hint
    this.problems = options.problems ?? []
  }
}

/** The question was put wrongly: an unknown option, table or column. */
export class UsageError extends AppError {
  constructor(code: string, message: string, options: { hint?: string; problems?: Problem[]; cause?: unknown } = {}) {
    super(code, message, { ...options, kind: 'usage' })
  }
}

/** What was asked for is not there. */
export class MissingError extends AppError {
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(code, message, { ...options, kind: 'missing' })
  }
}

/** The user stopped it; nothing was published. */
export class CancelledError extends AppError {
  constructor(message = 'cancelled; nothing was changed') {
    super('cancelled', message, { kind: 'cancelled' })
  }
}

/** Throws {@link CancelledError} when the signal was raised. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError()
}
