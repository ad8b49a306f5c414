import { open } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'

/** What a file is by its first bytes. `zip` is an archive or a workbook; its entries tell. */
export type Kind = 'zip' | 'gzip' | 'parquet' | 'json' | 'text'

const magic: { bytes: string; at?: number; what: string; remedy: string }[] = [
  {
    bytes: 'd0cf11e0a1b11ae1',
    what: 'an old Excel workbook (.xls) or one protected by a password',
    remedy: 'Open it in a spreadsheet program and save it as .xlsx without a password, or as CSV.',
  },
  { bytes: '255044462d', what: 'a PDF', remedy: 'Export the table as CSV or XLSX where it came from.' },
  { bytes: '377abcaf271c', what: 'a 7z archive', remedy: 'Unpack it, or pack it as ZIP.' },
  { bytes: '526172211a07', what: 'a RAR archive', remedy: 'Unpack it, or pack it as ZIP.' },
  { bytes: '314159265359', at: 4, what: 'packed by bzip2', remedy: 'Unpack it, or pack it by gzip.' },
  { bytes: 'fd377a585a00', what: 'packed by xz', remedy: 'Unpack it, or pack it by gzip.' },
  { bytes: '28b52ffd', what: 'packed by zstd', remedy: 'Unpack it, or pack it by gzip.' },
  { bytes: '7573746172', at: 257, what: 'a tar archive', remedy: 'Unpack it, or pack it as ZIP.' },
  { bytes: '89504e47', what: 'a picture', remedy: 'Export the table as CSV or XLSX where it came from.' },
  { bytes: 'ffd8ff', what: 'a picture', remedy: 'Export the table as CSV or XLSX where it came from.' },
  { bytes: '47494638', what: 'a picture', remedy: 'Export the table as CSV or XLSX where it came from.' },
  { bytes: '53514c69746520666f726d6174', what: 'an SQLite database', remedy: 'Export the table as CSV or Parquet.' },
  { bytes: '4f626a01', what: 'an Avro file', remedy: 'Convert it to Parquet or CSV.' },
  { bytes: '7f454c46', what: 'a program', remedy: 'Choose the file with the data.' },
]

/** Says what a file is by its content; its name plays no part. What is no table is refused by what it is. */
export async function sniff(name: string, path: string): Promise<Kind> {
  const head = await headOf(path, 64 * 1024)
  if (head.length === 0) throw new AppError('read.empty', `${name}: the file is empty`, { hint: 'Export it again.' })
  const hex = head.subarray(0, 16).toString('hex')
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'zip'
  if (hex.startsWith('1f8b')) return 'gzip'
  if (hex.startsWith('50415231')) return 'parquet'
  for (const { bytes, at, what, remedy } of magic) {
    if (head.subarray(at ?? 0, (at ?? 0) + bytes.length / 2).toString('hex') === bytes) throw unsupported(name, what, remedy)
  }
  const text = textOf(head)
  if (/^\s*<(!doctype html|html|head|meta|table|body|style|script|div)\b/i.test(text))
    throw unsupported(
      name,
      'a web page (HTML), whatever its name says',
      'Some systems call a web page .xls. Open it in a spreadsheet program and save it as .xlsx or CSV; if it is a sign-in page, export again.',
    )
  if (/^\s*<\?xml|^\s*<[a-z][\w:.-]*[\s>]/i.test(text))
    throw unsupported(
      name,
      /urn:schemas-microsoft-com:office:spreadsheet/.test(text) ? 'an XML spreadsheet of 2003' : 'XML',
      'Open it in a spreadsheet program and save it as .xlsx or CSV.',
    )
  if (/^\s*(\{\s*("|\}|$)|\[\s*[[{\]]|\[\s*$)/.test(text)) return 'json'
  if (isBinary(head)) throw unsupported(name, 'binary data, no text', 'Choose the file with the data, as CSV, XLSX, Parquet or JSON.')
  return 'text'
}

export function unsupported(name: string, what: string, remedy: string): AppError {
  return new AppError('read.unsupported', `${name}: the file is ${what}`, { hint: remedy })
}

async function headOf(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function textOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return head.toString('utf16le').slice(1)
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return head.toString('utf8', 3)
  return head.toString('utf8')
}

/** More control characters than text ever has, and not UTF-16, where every other byte is one. */
function isBinary(head: Buffer): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return false
  let control = 0
  let even = 0
  let odd = 0
  for (let i = 0; i < head.length; i++) {
    const byte = head[i]
    if (byte >= 32 || byte === 9 || byte === 10 || byte === 13) continue
    control++
    if (byte !== 0) continue
    if (i % 2 === 0) even++
    else odd++
  }
  const half = head.length / 2
  if (Math.max(even, odd) > 0.4 * half && Math.min(even, odd) < 0.05 * half) return false
  return control > 0.05 * head.length
}
