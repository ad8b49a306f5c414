import type { Given } from './dropped.ts'

/**
 * What was pasted, as files to import: files copied in a file manager as they are, a table copied from a spreadsheet or a page of text as
 * a file of its own. Spreadsheets hand over rows with tabs between the cells, which the import reads as TSV; anything else it looks at.
 */
export function filesOfPaste(data: DataTransfer | null): Given[] {
  if (!data) return []
  const files = [...data.files].map((file) => ({ file, path: file.name }))
  // A spreadsheet adds a picture of the cells to their text: the text is what is meant.
  const text = data.getData('text/plain').replace(/\0/g, '')
  if (isTable(text)) return [textFile(text)]
  return files
}

/** Two lines or more, each with a separator. */
export const isTable = (text: string): boolean =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .filter((line) => /[\t;,|]/.test(line)).length > 1

function textFile(text: string): Given {
  const name = text.includes('\t') ? 'pasted.tsv' : 'pasted.csv'
  return { file: new File([text.endsWith('\n') ? text : `${text}\n`], name, { type: 'text/plain' }), path: name }
}
