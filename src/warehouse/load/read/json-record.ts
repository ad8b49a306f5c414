/**
 * One JSON object as flat fields of text: nested objects by path (`customer.id`), lists as their JSON text, numbers exactly as written.
 * Our own reader, because JSON.parse turns 12345678901234567.89 into another number.
 */
export class JsonError extends Error {
  readonly reason: string
  /** Place in the text, from 0. */
  readonly at: number
  readonly expected: string
  readonly path: string | null

  constructor(reason: string, at: number, expected: string, path: string | null = null) {
    super(`${reason} at ${at}`)
    this.reason = reason
    this.at = at
    this.expected = expected
    this.path = path
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const plainText = /"[^"\\\p{Cc}]*"/uy
const anyText = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/uy

/** Calls `field` for each field of the object in `text`, which must hold one object and nothing else. */
export function readJsonRecord(text: string, maxDepth: number, field: (path: string, value: string | null) => void): void {
  let at = 0
  skipSpace()
  if (text.charCodeAt(at) !== 123) {
    if (at >= text.length) throw new JsonError('json-broken', at, 'an object')
    skipValue(1)
    throw new JsonError('not-an-object', 0, 'an object with one field a column')
  }
  readObject('', 1)
  skipSpace()
  if (at < text.length) throw new JsonError('json-broken', at, 'nothing behind the object')

  function skipSpace(): void {
    for (;;) {
      const c = text.charCodeAt(at)
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return
      at++
    }
  }

  function readObject(prefix: string, depth: number): void {
    if (depth > maxDepth) throw new JsonError('json-too-deep', at, `at most ${maxDepth} levels of nesting`, prefix || null)
    at++
    skipSpace()
    if (text.charCodeAt(at) === 125) {
      at++
      return
    }
    for (;;) {
      skipSpace()
      const path = prefix + readText(prefix)
      skipSpace()
      if (text.charCodeAt(at) !== 58) throw new JsonError('json-broken', at, 'a colon', path)
      at++
      skipSpace()
      const c = text.charCodeAt(at)
      if (c === 34) field(path, readText(path))
      else if (c === 123) readObject(`${path}.`, depth + 1)
      else {
        const from = at
        skipValue(depth + 1, path)
        const raw = text.slice(from, at)
        field(path, raw === 'null' ? null : raw)
      }
      skipSpace()
      const next = text.charCodeAt(at)
      at++
      if (next === 125) return
      if (next !== 44) throw new JsonError('json-broken', at - 1, 'a comma or }', path)
    }
  }

  function readText(path: string): string {
    plainText.lastIndex = at
    if (plainText.test(text)) {
      const value = text.slice(at + 1, plainText.lastIndex - 1)
      at = plainText.lastIndex
      return value
    }
    anyText.lastIndex = at
    if (!anyText.test(text)) throw new JsonError('json-broken', at, 'text in double quotes', path || null)
    const value = JSON.parse(text.slice(at, anyText.lastIndex)) as string
    at = anyText.lastIndex
    if (!value.isWellFormed()) throw new JsonError('invalid-encoding', at, 'whole characters', path || null)
    if (value.includes('\0')) throw new JsonError('nul-byte', at, 'text without NUL', path || null)
    return value
  }

  function skipValue(depth: number, path: string | null = null): void {
    if (depth > maxDepth + 1) throw new JsonError('json-too-deep', at, `at most ${maxDepth} levels of nesting`, path)
    const c = text.charCodeAt(at)
    if (c === 34) {
      readText(path ?? '')
    } else if (c === 123 || c === 91) {
      const close = c === 123 ? 125 : 93
      at++
      skipSpace()
      if (text.charCodeAt(at) === close) {
        at++
        return
      }
      for (;;) {
        skipSpace()
        if (c === 123) {
          readText(path ?? '')
          skipSpace()
          if (text.charCodeAt(at) !== 58) throw new JsonError('json-broken', at, 'a colon', path)
          at++
          skipSpace()
        }
        skipValue(depth + 1, path)
        skipSpace()
        const next = text.charCodeAt(at)
        at++
        if (next === close) return
        if (next !== 44) throw new JsonError('json-broken', at - 1, 'a comma', path)
      }
    } else if (text.startsWith('true', at) || text.startsWith('null', at)) at += 4
    else if (text.startsWith('false', at)) at += 5
    else {
      number.lastIndex = at
      if (!number.test(text)) throw new JsonError('json-broken', at, 'a value', path)
      at = number.lastIndex
    }
  }
}
