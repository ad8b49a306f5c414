import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMultipart } from './multipart.ts'
import { defaultUploadLimits, receiveUpload, removeStaleUploads, safeSegments } from './uploads.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clientele-uploads-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const request = (form: FormData) => new Request('http://localhost/', { method: 'POST', body: form })

const raw = (text: string, boundary = 'b') =>
  new Request('http://localhost/', { method: 'POST', body: text, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } })

const part = (disposition: string, body: string) => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`

describe('uploads', () => {
  it('files land with their bytes and fields come back', async () => {
    const form = new FormData()
    form.append('files', new File(['a,b\n1,2\n'], 'orders.csv'))
    form.append('files', new File([new Uint8Array([13, 10, 45, 45, 0, 255])], 'bytes.bin'))
    form.append('files', new File([], 'empty.csv'))
    form.append('options', '{"currency":"EUR"}')
    const upload = await receiveUpload(request(form), root, defaultUploadLimits)
    expect(upload.paths.map((path) => basename(path))).toEqual(['orders.csv', 'bytes.bin', 'empty.csv'])
    expect(await readFile(upload.paths[0], 'utf8')).toBe('a,b\n1,2\n')
    expect([...(await readFile(upload.paths[1]))]).toEqual([13, 10, 45, 45, 0, 255])
    expect((await readFile(upload.paths[2])).length).toBe(0)
    expect(upload.fields.get('options')).toBe('{"currency":"EUR"}')
  })

  it('however the bytes are cut into chunks, the parts are the same', async () => {
    const text = `${part('name="files"; filename="x.csv"', 'line\r\n--\r\n--cb\r\nend')}${part('name="o"', '{}')}--b--\r\nepilogue`
    const bytes = Buffer.from(text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }), async (cuts) => {
        const points = [0, ...[...new Set(cuts)].sort((a, b) => a - b), bytes.length]
        async function* chunks() {
          for (let i = 1; i < points.length; i++) yield bytes.subarray(points[i - 1], points[i])
        }
        let content = ''
        const fields = await readMultipart(chunks(), 'multipart/form-data; boundary=b', { parts: 5, fieldBytes: 100 }, async () => ({
          async write(chunk) {
            content += Buffer.from(chunk).toString()
          },
          async end() {
            content += '|'
          },
        }))
        expect(content).toBe('line\r\n--\r\n--cb\r\nend|')
        expect(fields).toEqual(new Map([['o', '{}']]))
      }),
      { numRuns: 200, seed: 1 },
    )
  })

  it('hostile names stay inside the folder and get plain names', async () => {
    const names = [
      '../../etc/passwd',
      '..\\..\\boot.ini',
      '/abs/olute.csv',
      'C:\\x.csv',
      '....//x',
      'a\u0000b.csv',
      '\u202Egpj.csv',
      'con.csv',
      '.htaccess',
      '..',
      '',
    ]
    const form = new FormData()
    for (const name of names) form.append('files', new File(['x'], name || 'blob'))
    const upload = await receiveUpload(request(form), root, defaultUploadLimits)
    for (const path of upload.paths) expect(relative(upload.folder, path)).not.toMatch(/^\.\.|^\/|\0|\u202e/)
    const written = await readdir(upload.folder, { recursive: true, withFileTypes: true })
    expect(written.filter((entry) => entry.isFile()).length).toBe(names.length)
    expect(safeSegments('../../etc/passwd')).toEqual(['etc', 'passwd'])
    expect(safeSegments('C:\\x.csv')).toEqual(['C_', 'x.csv'])
    expect(safeSegments('con.csv')).toEqual(['_con.csv'])
    expect(safeSegments('..')).toEqual(['file'])
    expect(safeSegments('данные 2024.csv')).toEqual(['данные 2024.csv'])
    expect(Buffer.byteLength(safeSegments(`${'é'.repeat(300)}.csv`)[0])).toBeLessThanOrEqual(200)
    expect(safeSegments(`${'é'.repeat(300)}.csv`)[0]).toMatch(/é\.csv$/)
  })

  it('two files of one name are both kept, folders too', async () => {
    const form = new FormData()
    form.append('files', new File(['1'], 'a.csv.gz'))
    form.append('files', new File(['2'], 'A.CSV.GZ'))
    form.append('files', new File(['3'], 'jan/a.csv.gz'))
    const { folder, paths } = await receiveUpload(request(form), root, defaultUploadLimits)
    expect(paths.map((path) => relative(folder, path))).toEqual(['a.csv.gz', 'A (2).CSV.GZ', join('jan', 'a.csv.gz')])
  })

  it('too many bytes, too many files and a body that breaks off leave nothing behind', async () => {
    const before = (await readdir(root)).length
    const form = new FormData()
    form.append('files', new File(['x'.repeat(5000)], 'a.csv'))
    form.append('files', new File(['x'], 'b.csv'))
    await expect(receiveUpload(request(form), root, { ...defaultUploadLimits, bytes: 4000 })).rejects.toMatchObject({
      code: 'http.too-large',
    })
    await expect(receiveUpload(request(form), root, { ...defaultUploadLimits, files: 1 })).rejects.toMatchObject({ code: 'http.too-large' })
    await expect(receiveUpload(raw(part('name="f"; filename="x.csv"', 'abc')), root, defaultUploadLimits)).rejects.toMatchObject({
      code: 'http.malformed-upload',
    })
    await expect(receiveUpload(raw('nothing of the kind'), root, defaultUploadLimits)).rejects.toMatchObject({
      code: 'http.malformed-upload',
    })
    await expect(receiveUpload(raw(`${part('name="o"', '{}')}--b--`), root, defaultUploadLimits)).rejects.toThrow('no file')
    await expect(
      receiveUpload(
        new Request('http://localhost/', { method: 'POST', body: 'x', headers: { 'content-type': 'text/csv' } }),
        root,
        defaultUploadLimits,
      ),
    ).rejects.toMatchObject({ code: 'http.media-type' })
    await expect(
      receiveUpload(raw(`--b\r\nContent-Disposition: form-data; name="f"${' '.repeat(20_000)}`), root, defaultUploadLimits),
    ).rejects.toMatchObject({ code: 'http.malformed-upload' })
    expect((await readdir(root)).length).toBe(before)
  })

  it('an upload that stops sending is given up', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('--b\r\n'))
      },
    })
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'multipart/form-data; boundary=b' } } as RequestInit
    await expect(receiveUpload(new Request('http://localhost/', init), root, { ...defaultUploadLimits, idle: 20 })).rejects.toMatchObject({
      code: 'http.timeout',
    })
  })

  it('what a server that no longer runs has left is removed', async () => {
    const form = new FormData()
    form.append('files', new File(['1'], 'a.csv'))
    const { folder } = await receiveUpload(request(form), root, defaultUploadLimits)
    await mkdir(join(root, '4194999-0123456789abcdef'), { recursive: true })
    await removeStaleUploads(root)
    const left = await readdir(root)
    expect(left).toContain(basename(folder))
    expect(left).not.toContain('4194999-0123456789abcdef')
  })
})
