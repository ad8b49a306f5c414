import { access, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Config, configFileName, configJsonSchema, currencyCode, type Locate, parseConfig } from '../shared/config.ts'
import { AppError, MissingError, UsageError } from '../shared/errors.ts'

/** A folder with a clientele.yaml: settings, imports, snapshots and exports of one company. */
export interface Workspace {
  /** Absolute. */
  dir: string
  config: Config
  /** Where a setting stands in clientele.yaml, for messages. */
  locate: Locate
  importsDir: string
  snapshotsDir: string
  exportsDir: string
  /** `.clientele/`: staging, spill and locks; may be deleted when nothing runs. */
  cacheDir: string
}

/** The workspace that a folder belongs to: itself or the nearest folder above that has a clientele.yaml. */
export async function findWorkspace(from: string): Promise<Workspace> {
  const start = resolve(from)
  if (!(await exists(start))) throw new MissingError('workspace.no-folder', `there is no folder ${start}`)
  for (let dir = start; ; dir = dirname(dir)) {
    if (await exists(join(dir, configFileName))) return openWorkspace(dir)
    if (dirname(dir) === dir) break
  }
  throw new MissingError('workspace.not-found', `no ${configFileName} in ${start} or in a folder above it`, {
    hint: 'Make one with `clientele init`, or name the folder with `--workspace DIR`.',
  })
}

/** Opens the workspace that a folder itself is. */
export async function openWorkspace(dir: string): Promise<Workspace> {
  const file = join(dir, configFileName)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new MissingError('workspace.not-found', `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'Make one with `clientele init`.',
      cause: error,
    })
  }
  const { config, locate } = parseConfig(text, file)
  const real = await realpath(dir)
  return {
    dir: real,
    config,
    locate,
    importsDir: join(real, 'imports'),
    snapshotsDir: join(real, 'snapshots'),
    exportsDir: join(real, 'exports'),
    cacheDir: join(real, '.clientele'),
  }
}

/** Makes a folder a workspace. Never overwrites settings that are there. */
export async function initWorkspace(dir: string, settings: { name?: string; currency?: string } = {}): Promise<Workspace> {
  const target = resolve(dir)
  const currency = settings.currency ?? 'EUR'
  const checked = currencyCode.safeParse(currency)
  if (!checked.success) throw new UsageError('workspace.currency', `currency ${checked.error.issues[0].message}`)
  const name = (settings.name ?? basename(target)).trim() || 'My company'

  await mkdir(target, { recursive: true })
  if (!(await stat(target)).isDirectory()) throw new UsageError('workspace.not-a-folder', `${target} is not a folder`)
  for (const folder of ['data', 'imports', 'snapshots', 'exports', '.clientele']) await mkdir(join(target, folder), { recursive: true })
  await writeEditorSchema(join(target, '.clientele'))
  await ignoreCustomerData(join(target, '.gitignore'))
  try {
    await writeFile(join(target, configFileName), configText(name, currency), { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new AppError('workspace.exists', `${join(target, configFileName)} is already there; nothing was changed`, {
      kind: 'conflict',
      hint: 'Edit the file, or name another folder.',
      cause: error,
    })
  }
  return openWorkspace(target)
}

/** Name of the JSON Schema that editors find beside the settings. */
const editorSchema = 'clientele.schema.json'

/** Puts the JSON Schema of clientele.yaml where the first line of that file tells editors to look. */
export async function writeEditorSchema(cacheDir: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  await writeFile(join(cacheDir, editorSchema), `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
}

const configText = (name: string, currency: string): string => `# yaml-language-server: $schema=.clientele/${editorSchema}
# Settings of this Clientele workspace. Lines that begin with # are examples and defaults.

# Name of the company, as reports show it.
name: ${JSON.stringify(name)}

# Reporting currency, ISO 4217. Amounts in other currencies are converted with the rates of table fx_rate.
currency: ${currency}

# When the fiscal year begins.
fiscalYear:
  startMonth: 1

# Last day that counts. Without it: the last day with an order.
# asOf: 2026-12-31

# The same inputs, settings and seed give the same figures, byte by byte.
# seed: 1

# Periods whose difference the bridge explains; auto takes the latest comparable ones from the data.
# periods:
#   current: { from: 2026-01-01, to: 2026-12-31 }
#   previous: { from: 2025-01-01, to: 2025-12-31 }

# How much of the machine the analytics engine may use. Without it: 80 % of the memory, one thread a core.
# engine:
#   memory: 4GB
#   threads: 2
`

const ignored = ['/data/', '/imports/', '/snapshots/', '/exports/', '/.clientele/', '/clientele.db*']

/** Keeps customer data out of version control; what the file already says stays. */
async function ignoreCustomerData(file: string): Promise<void> {
  const before = (await exists(file)) ? await readFile(file, 'utf8') : ''
  const present = new Set(before.split(/\r?\n/).map((line) => line.trim()))
  const missing = ignored.filter((line) => !present.has(line))
  if (missing.length === 0) return
  const start = before === '' ? '' : before.endsWith('\n') ? before : `${before}\n`
  await writeFile(file, `${start}# Customer data stays on this machine.\n${missing.join('\n')}\n`)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
