/** One line of JSON a thing worth an operator's eye, on stderr. JSON keeps foreign text from forging lines. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, details?: Record<string, unknown>) => void

export const logToStderr: Log = (level, message, details = {}) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...details })}\n`)
}

/** An error with its causes, as the log has it and users never see it. */
export function errorDetails(error: unknown): Record<string, unknown> {
  const chain: string[] = []
  for (let at: unknown = error; at !== undefined && chain.length < 5; at = at instanceof Error ? at.cause : undefined) {
    chain.push(at instanceof Error ? (at.stack ?? at.message) : String(at))
  }
  return { error: chain }
}
