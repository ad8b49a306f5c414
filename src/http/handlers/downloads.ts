import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest } from '../../app/runs.ts'
import { exportSetAside } from '../../app/set-aside.ts'
import { openWorkspace } from '../../app/workspace.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'
import { disposition, sendFile } from '../files.ts'
import { documentPolicy } from '../security.ts'

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const csv = 'text/csv; charset=utf-8; header=present'

/** Drawing needs libraries that nothing else here does: they are loaded with the first report. */
const reports = () => import('../../report/index.ts')

export function downloadHandlers({ workspace }: HandlerContext) {
  const temporary = async (extension: string): Promise<string> => {
    const folder = join(workspace.cacheDir, 'downloads')
    await mkdir(folder, { recursive: true })
    return join(folder, `${randomBytes(8).toString('hex')}.${extension}`)
  }
  const setAside = async (of: { import: string } | { staged: string }, name: string): Promise<Response> => {
    const file = await temporary('csv')
    await exportSetAside(workspace, of, file)
    return sendFile(file, { type: csv, name, temporary: true })
  }

  return {
    setAside: async (c) => {
      const { id } = c.req.valid('param')
      return (await setAside({ import: id }, `set-aside-${id}.csv`)) as never
    },
    stagedSetAside: async (c) => {
      const { id } = c.req.valid('param')
      return (await setAside({ staged: id }, `set-aside-${id}.csv`)) as never
    },
    report: async (c) => {
      const { snapshot: wanted, download } = c.req.valid('query')
      const { snapshot } = await readManifest(workspace, wanted)
      const file = await temporary('html')
      try {
        const { writeHtmlReport } = await reports()
        await writeHtmlReport(await openWorkspace(workspace.dir), file, { snapshot })
        const html = await readFile(file)
        return new Response(html, {
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'content-disposition': disposition(`portfolio-${snapshot}.html`, download !== 'true'),
            'content-security-policy': documentPolicy(html.toString('utf8')),
          },
        }) as never
      } finally {
        await rm(file, { force: true })
      }
    },
    workbook: async (c) => {
      const { snapshot } = await readManifest(workspace, c.req.valid('query').snapshot)
      const file = await temporary('xlsx')
      const { writeWorkbook } = await reports()
      await writeWorkbook(await openWorkspace(workspace.dir), file, { snapshot })
      return (await sendFile(file, { type: xlsx, name: `portfolio-${snapshot}.xlsx`, temporary: true })) as never
    },
  } satisfies Partial<Handlers>
}
