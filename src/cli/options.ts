import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Workspace } from '../app/workspace.ts'
import { UsageError } from '../shared/errors.ts'

/** Adds `--workspace DIR`. */
export function withWorkspace(command: Command): Command {
  return command.addOption(
    new Option('-w, --workspace <dir>', 'folder of the workspace').default(undefined, 'the folder one stands in, or its parents'),
  )
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON')
}

/** The workspace that a command works on. */
export async function workspaceOf(options: { workspace?: string }): Promise<Workspace> {
  const { findWorkspace } = await import('../app/workspace.ts')
  return findWorkspace(options.workspace ?? process.cwd())
}

/** Reads a whole number from 0. */
export function wholeNumber(text: string): number {
  const value = Number(text.replaceAll('_', ''))
  if (!(Number.isSafeInteger(value) && value >= 0)) throw new InvalidArgumentError(`a whole number is needed; got ${text}`)
  return value
}

/** Reads `column=value` pairs: `customer_id=12346`. An empty value means null. */
export function pairsOf(texts: readonly string[], option: string): Record<string, string | null> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError('cli.pair', `${option} takes column=value; got ${text}`)
      const value = text.slice(at + 1)
      return [text.slice(0, at), value === '' ? null : value]
    }),
  )
}

/** Gathers an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]
