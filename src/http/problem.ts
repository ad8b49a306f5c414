import { randomBytes } from 'node:crypto'
import type { z } from '@hono/zod-openapi'
import { AppError, type Problem, UsageError } from '../shared/errors.ts'
import { errorDetails, type Log } from './log.ts'
import type { problem } from './schemas.ts'

export type ProblemBody = z.infer<typeof problem>

const statuses: Record<AppError['kind'], number> = { usage: 400, data: 422, missing: 404, conflict: 409, cancelled: 499, internal: 500 }

/** Codes whose status says more than their kind does. */
const statusOfCode: Record<string, number> = {
  'http.unauthorised': 401,
  'http.forbidden': 403,
  'http.method': 405,
  'http.timeout': 408,
  'http.length': 411,
  'http.too-large': 413,
  'http.media-type': 415,
  'http.host': 421,
  'http.not-ready': 503,
  'http.disk-full': 507,
}

const shownProblems = 20

/**
 * What a user is told of an error. Errors for users keep their words; of all others there is a plain sentence and a reference under
 * which the log has the rest: no stack, no SQL, no path of ours leaves the process.
 */
export function toProblem(error: unknown, log: Log): { status: number; body: ProblemBody } {
  if (error instanceof AppError && error.kind !== 'internal') {
    const status = statusOfCode[error.code] ?? statuses[error.kind]
    return {
      status,
      body: {
        type: `urn:clientele:problem:${error.code}`,
        title: error.message,
        status,
        code: error.code,
        ...(error.hint ? { hint: error.hint } : {}),
        ...(error.problems.length > 0 ? { problems: error.problems.slice(0, shownProblems) } : {}),
        ...(error.problems.length > shownProblems
          ? { detail: `the first ${shownProblems} of ${error.problems.length} problems are shown` }
          : {}),
      },
    }
  }
  const reference = randomBytes(4).toString('hex')
  log('error', 'unexpected error', { reference, ...errorDetails(error) })
  const code = error instanceof AppError ? error.code : 'internal'
  const status = statusOfCode[code] ?? 500
  return {
    status,
    body: {
      type: `urn:clientele:problem:${code}`,
      title: 'Something went wrong on our side; nothing was changed.',
      status,
      code,
      detail: `The server's log has the details under ${reference}.`,
      ...(error instanceof AppError && error.hint ? { hint: error.hint } : {}),
    },
  }
}

export function problemResponse(error: unknown, log: Log): Response {
  const { status, body } = toProblem(error, log)
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } })
}

/** What zod found wrong with a request, as an error for users. */
export function invalidRequest(part: string, issues: readonly { path: PropertyKey[]; message: string }[]): AppError {
  const problems: Problem[] = issues.map(({ path, message }) => ({ message: `${[part, ...path].map(String).join('.')}: ${message}` }))
  return new UsageError('http.invalid', problems[0]?.message ?? 'the request is not valid', { problems })
}
