import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Workspace } from './workspace.ts'

/** Largest upload that is kept whole; what is larger would take more room than all that is made of it. */
export const mostKeptBytes = 2 * 2 ** 30

/**
 * Files that came by upload have no place of their own: those of a committed import are kept beside it, in `imports/.originals/<id>/`, so
 * that a row can be shown as it stood. An upload that is too large is let go.
 */
export async function keepOriginals({ importsDir }: Workspace, importId: string, folder: string): Promise<boolean> {
  const place = join(importsDir, '.originals', importId)
  const there = await stat(place).then(
    () => true,
    () => false,
  )
  if (there || (await bytesBelow(folder)) > mostKeptBytes) {
    await rm(folder, { recursive: true, force: true })
    return there
  }
  await mkdir(dirname(place), { recursive: true })
  await rename(folder, place)
  return true
}

/** Where a file of an upload is kept, by the path that it was read from; null when it came by no upload. */
export function originalOf({ importsDir }: Workspace, importId: string, path: string | undefined): string | null {
  const inUpload = path === undefined ? null : /[\\/]uploads[\\/]\d+-[0-9a-f]{16}[\\/](.+)$/.exec(path)
  return inUpload ? join(importsDir, '.originals', importId, inUpload[1]) : null
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size
  return bytes
}
