import { say } from './output.ts'

/** A progress line on a terminal; nothing elsewhere. */
export interface Progress {
  /** `fraction` from 0 to 1; less than 0 means that nobody knows. */
  update(text: string, fraction?: number): void
  done(): void
}

const width = 24

/** Draws on stderr, at most twenty times a second, with the time that is left once it can be told. */
export function startProgress(): Progress {
  const stream = process.stderr
  if (!stream.isTTY) return { update: () => undefined, done: () => undefined }
  let last = 0
  let phase = ''
  let since = performance.now()
  return {
    update(text, fraction = -1) {
      const now = performance.now()
      if (text !== phase) {
        phase = text
        since = now
      } else if (now - last < 50) return
      last = now
      const filled = Math.round(Math.max(0, Math.min(1, fraction)) * width)
      const left = fraction > 0.05 && now - since > 1000 ? `  ${Math.ceil(((now - since) * (1 - fraction)) / fraction / 1000)} s left` : ''
      const bar =
        fraction >= 0 ? `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.round(fraction * 100)).padStart(3)} %` : ''
      stream.write(`\r\u001b[2K${bar}  ${text}${left}`)
    },
    done() {
      stream.write('\r\u001b[2K')
    },
  }
}

/**
 * A signal that Ctrl-C raises. The first one asks the work to stop cleanly, the second ends the process at once.
 */
export function cancelOnInterrupt(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  let times = 0
  const stop = () => {
    if (++times > 1) process.exit(130)
    say('\nstopping ... (Ctrl-C again to end at once)')
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
