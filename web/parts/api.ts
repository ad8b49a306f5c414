import { keepPreviousData, QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ClientResponse, hc } from 'hono/client'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import type { AppType } from '../../src/http/contract.ts'
import type * as schemas from '../../src/http/schemas.ts'

type Of<K extends keyof typeof schemas> = (typeof schemas)[K] extends z.ZodType ? z.infer<(typeof schemas)[K]> : never

export type Cell = Of<'cell'>
export type Row = Of<'row'>
export type Column = Of<'column'>
export type Contract = Of<'contract'>
export type Exhibit = Of<'exhibit'>
export type TablePage = Of<'tablePage'>
export type Figure = Of<'figure'>
export type Finding = Of<'finding'>
export type Check = Of<'check'>
export type Skipped = Of<'skipped'>
export type Job = Of<'job'>
export type Workspace = Of<'workspace'>
export type SnapshotInfo = Of<'snapshotInfo'>
export type ImportReport = Of<'importReport'>
export type StagedImport = Of<'stagedImport'>
export type ImportEffect = Of<'importEffect'>
export type Question = Of<'question'>
export type Mapping = Of<'mapping'>
export type ImportAnswers = Of<'importAnswers'>
export type Portfolio = Of<'portfolio'>
export type Customer = Of<'customer'>
export type PriceWaterfall = Of<'priceWaterfall'>
export type EconomicValue = Of<'economicValue'>
export type Explanation = Of<'explanation'>
export type SearchHit = Of<'searchHit'>
export type Term = Of<'term'>
export type Comparison = Of<'comparison'>
export type Scenario = Of<'scenario'>
export type ScenarioResult = Of<'scenarioResult'>
export type RemedySimulation = Of<'remedySimulation'>
export type Problem = Of<'problem'>

const client = hc<AppType>('/').api.v1

/** An answer that is a problem (RFC 9457), or no answer at all. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string | undefined
  readonly problems: NonNullable<Problem['problems']>

  constructor(problem: Partial<Problem> & { status: number }) {
    super([problem.title ?? `The server answered ${problem.status}.`, problem.detail].filter(Boolean).join(' '))
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code ?? 'unknown'
    this.hint = problem.hint
    this.problems = problem.problems ?? []
  }
}

const unreachable = (): ApiError =>
  new ApiError({
    status: 0,
    code: 'server-unreachable',
    title: 'Clientele does not answer.',
    hint: 'Is `clientele serve` still running? Start it again in the workspace folder, then try again.',
  })

export async function problemOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>
  return new ApiError({ ...body, status: response.status })
}

/** The answer's JSON, or the problem thrown. */
async function take<T>(sent: Promise<ClientResponse<T, number, string>>): Promise<T> {
  let response: ClientResponse<T, number, string>
  try {
    response = await sent
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
  if (!response.ok) throw await problemOf(response as unknown as Response)
  return (await response.json()) as T
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => error instanceof ApiError && error.status === 0 && count < 2,
      refetchOnWindowFocus: false,
    },
  },
})

const abort = (signal: AbortSignal): { init: RequestInit } => ({ init: { signal } })

export const useWorkspace = () =>
  useQuery({ queryKey: ['workspace'], queryFn: ({ signal }) => take(client.workspace.$get(undefined, abort(signal))), staleTime: 5_000 })

export const usePortfolio = (snapshot?: string, enabled = true) =>
  useQuery({
    queryKey: ['portfolio', snapshot],
    queryFn: ({ signal }) => take(client.portfolio.$get({ query: { snapshot } }, abort(signal))),
    enabled,
  })

export const useCustomer = (id: string, snapshot?: string) =>
  useQuery({
    queryKey: ['customer', id, snapshot],
    queryFn: ({ signal }) => take(client.customer.$get({ query: { id, snapshot } }, abort(signal))),
    placeholderData: keepPreviousData,
  })

/** Whose waterfall, and over which span. */
export type WaterfallQuestion = Pick<PriceWaterfall, 'scope' | 'key' | 'span'>

export const usePriceWaterfall = (question: WaterfallQuestion | undefined, snapshot?: string) =>
  useQuery({
    queryKey: ['price-waterfall', question, snapshot],
    queryFn: ({ signal }) => take(client['price-waterfall'].$get({ query: { ...question!, snapshot } }, abort(signal))),
    enabled: question !== undefined,
    retry: false,
    placeholderData: keepPreviousData,
  })

export const useEconomicValue = (input: string | undefined) =>
  useQuery({
    queryKey: ['economic-value', input],
    queryFn: ({ signal }) => take(client['economic-value'].$get({ query: { input: input! } }, abort(signal))),
    enabled: input !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })

export const economicValueUrl = (input: string) => `/api/v1/economic-value.xlsx?${new URLSearchParams({ input })}`

export type PlanTrial = { budget: number; hold: Record<string, number>; exclude: string[] }

/** The best plan under another budget; the answer before stays until the next is there. */
export const useTriedPlan = (trial: PlanTrial, snapshot?: string) =>
  useQuery({
    queryKey: ['plan-trial', trial, snapshot],
    queryFn: ({ signal }) => take(client.plan.try.$post({ query: { snapshot }, json: trial }, abort(signal))),
    retry: false,
    placeholderData: keepPreviousData,
  })

export const useExplanation = (
  target: { table: string; column: string; where: Record<string, string | number | null> } | undefined,
  snapshot?: string,
  limit = 20,
) =>
  useQuery({
    queryKey: ['explain', target, snapshot, limit],
    queryFn: ({ signal }) =>
      take(
        client.explain.$get(
          {
            query: { table: target!.table, column: target!.column, where: JSON.stringify(target!.where), snapshot, limit: String(limit) },
          },
          abort(signal),
        ),
      ),
    enabled: target !== undefined,
    placeholderData: (before, query) => (query?.queryKey[1] === target ? before : undefined),
  })

export const useRemedySimulation = (trial: Record<string, string> | undefined, snapshot?: string) =>
  useQuery({
    queryKey: ['remedy-simulation', trial, snapshot],
    queryFn: ({ signal }) =>
      take(client['remedy-simulation'].$get({ query: { ...(trial as { remedy: string }), snapshot } }, abort(signal))),
    enabled: trial !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })

export interface View {
  snapshot?: string | undefined
  filters?: string | undefined
  sort?: string | undefined
  search?: string | undefined
  columns?: string | undefined
}

export const tablePageOptions = (name: string, view: View, offset: number, limit: number, totals: boolean) => ({
  queryKey: ['table', name, view, offset, limit, totals] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    take(
      client.tables[':name'].$get(
        { param: { name }, query: { ...view, offset: String(offset), limit: String(limit), totals: totals ? 'true' : 'false' } },
        abort(signal),
      ),
    ),
  staleTime: 300_000,
})

export function exportUrl(name: string, view: View, format: 'csv' | 'parquet'): string {
  const given = Object.entries({ ...view, format }).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return `/api/v1/tables/${encodeURIComponent(name)}/export?${new URLSearchParams(given)}`
}

const withSnapshot = (path: string, snapshot?: string, more = ''): string =>
  `/api/v1/${path}${snapshot || more ? '?' : ''}${[snapshot ? `snapshot=${encodeURIComponent(snapshot)}` : '', more].filter(Boolean).join('&')}`

export const reportUrl = (snapshot?: string, download = false) => withSnapshot('report.html', snapshot, download ? 'download=true' : '')
export const workbookUrl = (snapshot?: string) => withSnapshot('workbook.xlsx', snapshot)
export const setAsideUrl = (id: string, staged: boolean) =>
  `/api/v1/${staged ? 'staged-imports' : 'imports'}/${encodeURIComponent(id)}/set-aside.csv`

export const whatIfOptions = (scenario: Scenario) => ({
  queryKey: ['what-if', scenario] as const,
  queryFn: ({ signal }: { signal: AbortSignal }): Promise<ScenarioResult> =>
    take(client['cost-model']['what-if'].$post({ json: scenario }, abort(signal))),
  staleTime: 300_000,
})

export const useTables = (snapshot?: string) =>
  useQuery({
    queryKey: ['tables', snapshot],
    queryFn: ({ signal }) => take(client.tables.$get({ query: { snapshot } }, abort(signal))),
    staleTime: 60_000,
  })

export const useImports = () =>
  useQuery({ queryKey: ['imports'], queryFn: ({ signal }) => take(client.imports.$get(undefined, abort(signal))) })

export const useStagedImports = () =>
  useQuery({ queryKey: ['staged'], queryFn: ({ signal }) => take(client['staged-imports'].$get(undefined, abort(signal))) })

export const useStagedImport = (id: string | undefined) =>
  useQuery({
    queryKey: ['staged', id],
    queryFn: ({ signal }) => take(client['staged-imports'][':id'].$get({ param: { id: id! } }, abort(signal))),
    enabled: id !== undefined,
  })

export const useStagedEffect = (id: string) =>
  useQuery({
    queryKey: ['staged', id, 'effect'],
    queryFn: ({ signal }) => take(client['staged-imports'][':id'].effect.$get({ param: { id } }, abort(signal))),
  })

export const useSourceLine = (place: { import: string; file: string; row: number } | undefined) =>
  useQuery({
    queryKey: ['source-line', place],
    queryFn: ({ signal }) =>
      take(client['source-line'].$get({ query: { import: place!.import, file: place!.file, row: String(place!.row) } }, abort(signal))),
    enabled: place !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useRecipes = () =>
  useQuery({ queryKey: ['recipes'], queryFn: ({ signal }) => take(client.recipes.$get(undefined, abort(signal))) })

export const useSnapshots = () =>
  useQuery({ queryKey: ['snapshots'], queryFn: ({ signal }) => take(client.snapshots.$get(undefined, abort(signal))) })

export const useManifest = (id: string | undefined) =>
  useQuery({
    queryKey: ['manifest', id],
    queryFn: ({ signal }) => take(client.snapshots[':id'].$get({ param: { id: id! } }, abort(signal))),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useComparison = (a: string | undefined, b: string | undefined) =>
  useQuery({
    queryKey: ['comparison', a, b],
    queryFn: ({ signal }) => take(client.comparison.$get({ query: { a: a!, b: b! } }, abort(signal))),
    enabled: a !== undefined && b !== undefined && a !== b,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useGlossary = () =>
  useQuery({
    queryKey: ['glossary'],
    queryFn: ({ signal }) => take(client.glossary.$get(undefined, abort(signal))),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useDoctor = () =>
  useQuery({ queryKey: ['doctor'], queryFn: ({ signal }) => take(client.doctor.$get(undefined, abort(signal))) })

export const useSearch = (q: string) =>
  useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => take(client.search.$get({ query: { q, limit: '12' } }, abort(signal))),
    enabled: q.trim().length > 0,
    placeholderData: keepPreviousData,
  })

/** Everything that may look different after an import or a run. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient()
  return () => queries.invalidateQueries()
}

export const useStartRun = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (asOf: string | undefined) => take(client.runs.$post({ json: asOf ? { asOf } : {} })),
    onSuccess: (job) => queries.setQueryData(['job', job.id], job),
  })
}

export const useAnswerImport = () =>
  useMutation({
    mutationFn: ({ id, answers }: { id: string; answers: ImportAnswers }) =>
      take(client['staged-imports'][':id'].answers.$post({ param: { id }, json: answers })),
  })

export const useCommitImport = () =>
  useMutation({ mutationFn: (id: string) => take(client['staged-imports'][':id'].commit.$post({ param: { id } })) })

export const useDiscardImport = () =>
  useMutation({ mutationFn: (id: string) => take(client['staged-imports'][':id'].$delete({ param: { id } })) })

export const useUndoImport = () => useMutation({ mutationFn: (id: string) => take(client.imports[':id'].undo.$post({ param: { id } })) })

export const useCancelJob = () => useMutation({ mutationFn: (id: string) => take(client.jobs[':id'].cancel.$post({ param: { id } })) })

/**
 * Sends files to be staged and tells how much has gone. XMLHttpRequest, because fetch cannot tell the progress of an upload.
 */
export function uploadFiles(
  files: { file: File; path: string }[],
  answers: ImportAnswers,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Job> {
  return new Promise((resolve, reject) => {
    const form = new FormData()
    form.append('options', JSON.stringify(answers))
    for (const { file, path } of files) form.append('files', file, path)
    const request = new XMLHttpRequest()
    request.open('POST', '/api/v1/imports')
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(unreachable())
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
    request.onload = () => {
      let body: unknown
      try {
        body = JSON.parse(request.responseText)
      } catch {
        body = {}
      }
      if (request.status === 202) resolve(body as Job)
      else reject(new ApiError({ ...(body as Partial<Problem>), status: request.status }))
    }
    signal.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}

const ended = (job: Job | undefined): boolean => job?.state === 'done' || job?.state === 'failed' || job?.state === 'cancelled'

/** A job as it goes, by server-sent events; asks every second where a stream does not come through. */
export function useJob(id: string | undefined): Job | undefined {
  const queries = useQueryClient()
  const [streaming, setStreaming] = useState(true)
  const { data } = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => take(client.jobs[':id'].$get({ param: { id: id! } }, abort(signal))),
    enabled: id !== undefined,
    staleTime: 0,
    refetchInterval: (query) => (streaming || ended(query.state.data) ? false : 1000),
  })
  useEffect(() => {
    if (!id) return
    const events = new EventSource(`/api/v1/jobs/${encodeURIComponent(id)}/events`)
    events.addEventListener('job', (event) => {
      const job = JSON.parse((event as MessageEvent<string>).data) as Job
      queries.setQueryData(['job', id], job)
      if (ended(job)) events.close()
    })
    events.onerror = () => {
      events.close()
      setStreaming(false)
    }
    return () => events.close()
  }, [id, queries])
  return data
}
