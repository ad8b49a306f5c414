/** A file with the path it had in the folder it came from. */
export interface Given {
  file: File
  path: string
}

/** What was dropped, folders opened and read to the bottom; hidden files are left out. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Given[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null && entry !== undefined)
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }))
  const out: Given[] = []
  for (const entry of entries) await walk(entry, '', out)
  return out
}

async function walk(entry: FileSystemEntry, folder: string, out: Given[]): Promise<void> {
  if (entry.name.startsWith('.')) return
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    out.push({ file, path: `${folder}${entry.name}` })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A reader hands out at most 100 entries at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return
    for (const one of some) await walk(one, `${folder}${entry.name}/`, out)
  }
}

export const filesOfInput = (list: FileList | null): Given[] =>
  [...(list ?? [])].filter((file) => !file.name.startsWith('.')).map((file) => ({ file, path: file.webkitRelativePath || file.name }))
