import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Written beside its place and renamed: whoever opens the file sees all of it or the one before. */
export async function replaceFile(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const target = resolve(file)
  await mkdir(dirname(target), { recursive: true })
  const temporary = `${target}.${randomBytes(4).toString('hex')}.part`
  try {
    await write(temporary)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
