/**
 * `npm run test:long [name ...]`: the long runs of scripts/long one after the other (kill tests, fuzz, simulations), or those named.
 * Each is a program of its own that exits with 1 when it finds something wrong. Their last figures stand in bench/README.md.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'long')
const wanted = process.argv.slice(2)
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(/\.ts$/, '')))
if (scripts.length === 0) throw new Error(`no long run is named ${wanted.join(', ')}`)
let failed = 0
for (const name of scripts) {
  console.log(`\n== ${name}`)
  const { status } = spawnSync(process.execPath, [join(folder, name)], { stdio: 'inherit' })
  if (status !== 0) failed++
}
console.log(`\n${scripts.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
