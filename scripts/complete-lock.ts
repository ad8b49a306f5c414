/**
 * Completes package-lock.json for platforms whose binaries the registry in use does not carry.
 *
 * Native packages publish one package per platform as `optionalDependencies`. Where a registry lacks some of them, `npm install`
 * leaves them out of the lock, `npm ci` then refuses it, and other platforms would get no binary. For each such entry that is
 * missing this adds one with its exact version, marked optional, with `os`, `cpu` and `libc` read from its name.
 *
 * Run by `npm run lock` after each `npm install`; `--check` only reports and exits with 1 when something is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  version?: string
  optional?: boolean
  dev?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
  engines?: Record<string, string>
}

const operatingSystems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'ppc64le', 'riscv64', 's390x', 'wasm32', 'x64']

/** What a platform package's name says it needs: `@duckdb/node-bindings-linux-x64-musl` needs linux, x64 and musl. */
export function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const words = name.split('/').at(-1)!.split(/[-_]/)
  const os = operatingSystems.filter((word) => words.includes(word))
  const cpu = processors.filter((word) => words.includes(word))
  const musl = words.some((word) => word.startsWith('musl'))
  const glibc = words.some((word) => word === 'gnu' || word === 'gnueabihf')
  return {
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(musl ? { libc: ['musl'] } : glibc ? { libc: ['glibc'] } : {}),
  }
}

/** The entries that the lock should have and lacks, by their path in it. */
export function missingEntries(packages: Record<string, LockedPackage>): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {}
  for (const [path, parent] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const platform = platformOf(name)
      if (!platform.os && !platform.cpu) continue
      const present = packages[`node_modules/${name}`] ?? packages[`${path}/node_modules/${name}`]
      if (present || !/^\d/.test(version)) continue
      missing[`node_modules/${name}`] = { version, ...platform, ...(parent.dev ? { dev: true } : {}), optional: true }
    }
  }
  return missing
}

if (import.meta.main) {
  const file = new URL('../package-lock.json', import.meta.url)
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> }
  const missing = missingEntries(lock.packages)
  const names = Object.keys(missing)
  if (process.argv.includes('--check')) {
    for (const name of names) console.error(`missing from package-lock.json: ${name}`)
    process.exitCode = names.length > 0 ? 1 : 0
  } else {
    const merged = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    lock.packages = Object.fromEntries(merged)
    writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
    console.log(names.length === 0 ? 'package-lock.json was complete' : `added ${names.length} entries:\n  ${names.join('\n  ')}`)
  }
}
