/**
 * `npm run check`: types, lint and format, dead code and unit tests, side by side; under a minute. Run it before each commit.
 */
import { spawn } from 'node:child_process'

const jobs: [string, string[]][] = [
  ['tsc', ['--noEmit']],
  ['tsc', ['--noEmit', '-p', 'web']],
  ['biome', ['check', '--max-diagnostics=20', '.']],
  ['knip', ['--no-progress']],
  ['vitest', ['run', '--project', 'unit', '--reporter=dot']],
]

const started = performance.now()
const results = await Promise.all(
  jobs.map(
    ([command, args]) =>
      new Promise<boolean>((resolve) => {
        const from = performance.now()
        const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FORCE_COLOR: '0' } })
        let output = ''
        child.stdout.on('data', (text) => (output += text))
        child.stderr.on('data', (text) => (output += text))
        child.on('close', (code) => {
          const ok = code === 0
          console.log(`${ok ? 'ok    ' : 'FAILED'} ${command} ${args.join(' ')} (${((performance.now() - from) / 1000).toFixed(1)} s)`)
          if (!ok) console.log(output)
          resolve(ok)
        })
      }),
  ),
)
console.log(`${results.every(Boolean) ? 'all green' : 'not green'} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
process.exitCode = results.every(Boolean) ? 0 : 1
