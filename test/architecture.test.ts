import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { missingEntries } from '../scripts/complete-lock.ts'

const root = resolve(import.meta.dirname, '..')

/** Lower folders first. A file may import from its own folder and from those before it that are listed. */
const mayImport: Record<string, string[]> = {
  shared: [],
  math: [],
  warehouse: ['shared'],
  analytics: ['math', 'warehouse', 'shared', 'pipeline/step.ts'],
  pipeline: ['analytics', 'warehouse', 'math', 'shared'],
  simulate: ['math', 'warehouse', 'shared'],
  charts: ['shared', 'warehouse/port.ts'],
  store: ['shared'],
  app: ['pipeline', 'analytics', 'store', 'warehouse', 'math', 'simulate', 'shared'],
  report: ['app', 'charts', 'pipeline', 'analytics', 'warehouse', 'shared'],
  http: ['report', 'app', 'charts', 'pipeline', 'analytics', 'warehouse', 'shared'],
  cli: ['http', 'report', 'app', 'charts', 'pipeline', 'analytics', 'simulate', 'warehouse', 'shared'],
}

/** Each library is named in one place. */
const homes: Record<string, string[]> = {
  '@duckdb/node-api': ['src/warehouse/duckdb.ts'],
  yaml: ['src/shared/config.ts', 'src/shared/yaml.ts', 'src/warehouse/load/recipes.ts'],
  commander: ['src/cli'],
  '@clack/prompts': ['src/cli'],
  hono: ['src/http', 'web'],
  '@hono/node-server': ['src/http'],
  '@hono/zod-openapi': ['src/http'],
  '@observablehq/plot': ['src/charts'],
  linkedom: ['src/report', 'src/charts'],
  highs: ['src/math'],
  yauzl: ['src/warehouse/load/read'],
  saxes: ['src/warehouse/load/read'],
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'))
}

/** What a file imports: the specifiers of import, export from and dynamic import; types are marked. */
function importsOf(file: string): { from: string; typeOnly: boolean }[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'([^']+)'/g)].map((match) => ({
    from: match[2],
    typeOnly: Boolean(match[1]),
  }))
  const dynamic = [...text.matchAll(/import\('([^']+)'\)/g)].map((match) => ({ from: match[1], typeOnly: false }))
  return [...found, ...dynamic]
}

const isTest = (file: string) => /\.test\.tsx?$|\/fixtures\/|test-helper/.test(file)
const sources = filesUnder('src').filter((file) => !isTest(file))

test('imports go down only', () => {
  const wrong: string[] = []
  for (const file of sources) {
    const layer = file.split('/')[1]
    if (layer === 'index.ts') continue
    expect(mayImport[layer], `src/${layer} is not in the layer list`).toBeDefined()
    for (const { from } of importsOf(file)) {
      if (!from.startsWith('.')) continue
      const target = relative(join(root, 'src'), resolve(root, dirname(file), from))
      const targetLayer = target.split('/')[0]
      if (targetLayer === layer || target.startsWith('..')) continue
      const allowed = mayImport[layer].some((entry) => (entry.endsWith('.ts') ? target === entry : targetLayer === entry))
      if (!allowed) wrong.push(`${file} -> ${target}`)
    }
  }
  expect(wrong).toEqual([])
})

test('two analytics folders meet only through their index', () => {
  const wrong: string[] = []
  for (const file of sources.filter((source) => source.startsWith('src/analytics/'))) {
    const own = file.split('/')[2]
    for (const { from } of importsOf(file)) {
      if (!from.startsWith('.')) continue
      const target = relative(join(root, 'src/analytics'), resolve(root, dirname(file), from))
      const [folder, ...rest] = target.split('/')
      if (folder === '..' || folder === own || rest.length === 0) continue
      if (rest.join('/') !== 'index.ts') wrong.push(`${file} -> ${target}`)
    }
  }
  expect(wrong).toEqual([])
})

test('a library is named in its home only', () => {
  const wrong: string[] = []
  for (const file of [...sources, ...filesUnder('web')]) {
    for (const { from, typeOnly } of importsOf(file)) {
      const library = Object.keys(homes).find((name) => from === name || from.startsWith(`${name}/`))
      if (!library || typeOnly) continue
      if (!homes[library].some((home) => file === home || file.startsWith(`${home}/`))) wrong.push(`${file} -> ${from}`)
    }
  }
  expect(wrong).toEqual([])
})

test('the web app takes from the server only types, contracts, charts and formatting', () => {
  const wrong: string[] = []
  for (const file of filesUnder('web')) {
    for (const { from, typeOnly } of importsOf(file)) {
      if (!from.startsWith('.') || typeOnly) continue
      const target = relative(root, resolve(root, dirname(file), from))
      if (
        target.startsWith('src/') &&
        !/^src\/(charts\/|shared\/(format|decimal)|analytics\/[^/]+\/contract|warehouse\/contract)/.test(target)
      )
        wrong.push(`${file} -> ${target}`)
    }
  }
  expect(wrong).toEqual([])
})

test('analytics and numerics have no clock, no environment and no hidden randomness', () => {
  const wrong: string[] = []
  for (const file of sources.filter((source) => /^src\/(analytics|math|charts)\//.test(source))) {
    const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    for (const word of ['Date.now', 'new Date()', 'Math.random', 'process.env', 'performance.now'])
      if (text.includes(word)) wrong.push(`${file}: ${word}`)
  }
  expect(wrong).toEqual([])
})

test('SQL text is never built from strings and nothing is evaluated', () => {
  const wrong: string[] = []
  for (const file of sources) {
    const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    if (/\beval\(|new Function\(/.test(text)) wrong.push(`${file}: eval`)
    if (/parts:\s*\[\s*\{\s*text/.test(text) && !file.startsWith('src/warehouse/')) wrong.push(`${file}: splices text into SQL`)
  }
  expect(wrong).toEqual([])
})

test('the lock file has the binaries of every platform', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> }
  expect(Object.keys(missingEntries(lock.packages))).toEqual([])
})
