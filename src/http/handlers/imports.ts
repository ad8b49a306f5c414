import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  answerImport,
  commitImport,
  discardImport,
  type ImportOptions,
  type ImportReport,
  listImports,
  listRecipes,
  type StagedImport,
  stagedEffect,
  stageImport,
  undoImport,
} from '../../app/imports.ts'
import type { JobContext, JobResult } from '../../app/jobs.ts'
import { keepOriginals } from '../../app/originals.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { AppError, MissingError, UsageError } from '../../shared/errors.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'
import { invalidRequest } from '../problem.ts'
import { importAnswers } from '../schemas.ts'
import { receiveUpload, removeStaleUploads } from '../uploads.ts'
import { jobBody } from './jobs.ts'

interface Staged {
  staged: StagedImport
  /** The uploaded files, which staging again may need. */
  folder: string
}

const mostStaged = 20

/** Imports by upload: what is staged is remembered until it is committed, discarded or the server ends. */
export async function importHandlers({ workspace, jobs, limits, log }: HandlerContext) {
  const uploads = join(workspace.cacheDir, 'uploads')
  await removeStaleUploads(uploads)
  const all = new Map<string, Staged>()

  const stagedOf = (id: string): Staged => {
    const entry = all.get(id)
    if (!entry)
      throw new MissingError('import.not-staged', `no import is staged as ${id}`, {
        hint: 'It was committed or discarded, or the server began anew: upload the files again.',
      })
    return entry
  }
  const forget = async (id: string) => {
    const entry = all.get(id)
    all.delete(id)
    if (entry && ![...all.values()].some(({ folder }) => folder === entry.folder)) await rm(entry.folder, { recursive: true, force: true })
  }
  const inJob = ({ signal, progress }: JobContext): Pick<ImportOptions, 'signal' | 'onProgress'> => ({
    signal,
    onProgress: ({ phase, fraction, detail }) => progress({ fraction, phase, ...(detail === undefined ? {} : { detail }) }),
  })

  const handlers = {
    imports: async (c) => c.json({ imports: (await listImports(workspace)).map(reportBody) }, 200),
    import: async (c) => c.json(reportBody(await reportOf(c.req.valid('param').id)), 200),
    undoImport: async (c) => {
      const { id } = c.req.valid('param')
      return c.json(reportBody(await jobs.exclusive('Undoing an import', () => undoImport(workspace, id))), 200)
    },
    stageImport: async (c) => {
      if (all.size >= mostStaged) {
        throw new AppError('import.many-staged', `${all.size} imports are staged already`, {
          kind: 'conflict',
          hint: 'Commit or discard some first.',
        })
      }
      const upload = await receiveUpload(c.req.raw, uploads, limits.upload)
      const drop = () => rm(upload.folder, { recursive: true, force: true })
      try {
        const options = answersOf(upload.fields.get('options'))
        const first = upload.paths[0].slice(upload.folder.length + 1)
        const title = upload.paths.length === 1 ? `Reading ${first}` : `Reading ${first} and ${upload.paths.length - 1} more`
        const work = async (context: JobContext): Promise<JobResult> => {
          try {
            const staged = await stageImport(await openWorkspace(workspace.dir), upload.paths, { ...options, ...inJob(context) })
            all.set(staged.id, { staged, folder: upload.folder })
            return { staged: staged.id }
          } catch (error) {
            await drop()
            throw error
          }
        }
        return c.json(jobBody(jobs.start('stage', title, work, drop)), 202)
      } catch (error) {
        await drop()
        throw error
      }
    },
    stagedImports: (c) => c.json({ staged: [...all.values()].map(({ staged }) => stagedBody(staged)) }, 200),
    stagedEffect: async (c) => {
      const { id } = c.req.valid('param')
      stagedOf(id)
      return c.json({ effect: await stagedEffect(workspace, id) }, 200)
    },
    stagedImport: (c) => c.json(stagedBody(stagedOf(c.req.valid('param').id).staged), 200),
    answerImport: (c) => {
      const { id } = c.req.valid('param')
      const entry = stagedOf(id)
      const answers = c.req.valid('json') as ImportOptions
      const job = jobs.start('answer', 'Reading again with your answers', async (context) => {
        const staged = await answerImport(await openWorkspace(workspace.dir), id, { ...answers, ...inJob(context) })
        all.delete(id)
        all.set(staged.id, { staged, folder: entry.folder })
        return { staged: staged.id }
      })
      return c.json(jobBody(job), 202)
    },
    commitImport: async (c) => {
      const { id } = c.req.valid('param')
      const { staged } = stagedOf(id)
      if (staged.questions.length > 0) {
        throw new AppError('import.open-questions', `${staged.questions.length} questions are open`, {
          kind: 'conflict',
          problems: staged.questions.map(({ file, column, title, option }) => ({
            message: title,
            file,
            hint: option,
            ...(column ? { column } : {}),
          })),
        })
      }
      const { folder } = stagedOf(id)
      const report = await jobs.exclusive('Committing an import', () => commitImport(workspace, id))
      all.delete(id)
      await keepOriginals(workspace, report.id, folder).catch((error) =>
        log('warn', 'the uploaded files could not be kept', { import: report.id, error: String(error) }),
      )
      return c.json(reportBody(report), 200)
    },
    discardImport: async (c) => {
      const { id } = c.req.valid('param')
      stagedOf(id)
      await jobs.exclusive('Discarding an import', () => discardImport(workspace, id))
      await forget(id)
      return c.json({ discarded: id }, 200)
    },
    recipes: async (c) => c.json({ recipes: await listRecipes(workspace) }, 200),
  } satisfies Partial<Handlers>

  const reportOf = async (id: string) => {
    const report = (await listImports(workspace)).find((candidate) => candidate.id === id)
    if (!report) throw new MissingError('import.missing', `there is no import ${id}`, { hint: '`clientele imports` lists what there is.' })
    return report
  }

  /** Throws away what was neither committed nor discarded. */
  const release = async () => {
    for (const id of [...all.keys()]) {
      await discardImport(workspace, id).catch((error) => log('warn', 'a staged import was left behind', { id, error: String(error) }))
      await forget(id)
    }
  }
  return { handlers, release }
}

/** As it travels: without paths on this machine. */
function reportBody({ files, ...rest }: ImportReport) {
  return { ...rest, files: files.map(({ path: _path, ...file }) => file) }
}

/** As it travels: without paths on this machine. */
function stagedBody({ files, report, ...rest }: StagedImport) {
  return {
    ...rest,
    report: report && reportBody(report),
    files: files.map(({ path: _path, parquet: _parquet, rejects: _rejects, ...file }) => file),
  }
}

function answersOf(text: string | undefined): ImportOptions {
  if (text === undefined || text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError('http.invalid', 'options: not JSON')
  }
  const parsed = importAnswers.safeParse(value)
  if (!parsed.success) throw invalidRequest('options', parsed.error.issues)
  return parsed.data as ImportOptions
}
