import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'

/** Sends a file from disk as it is read; a temporary one is removed when it was sent or the listener has gone. */
export async function sendFile(
  file: string,
  options: { type: string; name: string; inline?: boolean; temporary?: boolean; headers?: Record<string, string> },
): Promise<Response> {
  const { size } = await stat(file)
  const stream = createReadStream(file)
  if (options.temporary) {
    stream.once('close', () => {
      for (const name of [file, `${file}.schema.json`]) void rm(name, { force: true })
    })
  }
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': options.type,
      'content-length': String(size),
      'content-disposition': disposition(options.name, options.inline ?? false),
      ...options.headers,
    },
  })
}

/** RFC 6266: a plain name for old clients, the true one for all others. */
export function disposition(name: string, inline = false): string {
  const plain = name.replace(/[^\w. -]/g, '_')
  return `${inline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`
}
