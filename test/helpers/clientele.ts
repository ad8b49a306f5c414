import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const main = join(root, 'src/cli/main.ts')

// Compiled code is kept from one start to the next: these tests start the command line some sixty times.
const compiled = join(tmpdir(), 'clientele-compile-cache')

export interface Outcome {
  code: number
  stdout: string
  stderr: string
  /** stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of many shapes
  json: () => any
}

/** Runs the command line in a process of its own, as a user would. */
export function clientele(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Outcome> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: options.cwd ?? tmpdir(),
      env: { ...process.env, TZ: 'UTC', NO_COLOR: '1', NODE_COMPILE_CACHE: compiled, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => (stdout += text))
    child.stderr.on('data', (text) => (stderr += text))
    child.on('close', (code) => done({ code: code ?? -1, stdout, stderr, json: () => JSON.parse(stdout) }))
  })
}

/** A folder that goes when the test ends: `await using folder = await temporaryFolder()`. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'clientele-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Folder of the public data sets that are not part of the project; tests that need them skip where it is absent. */
export const sharedData = resolve(root, '../shared/data')
