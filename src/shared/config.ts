import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import { AppError, type Place, type Problem } from './errors.ts'
import { didYouMean } from './nearest.ts'

/** Name of the file that makes a folder a workspace. */
export const configFileName = 'clientele.yaml'

const currencies = new Set(Intl.supportedValuesOf('currency'))

const usualCurrencyNames: Record<string, string> = {
  '€': 'EUR',
  euro: 'EUR',
  $: 'USD',
  dollar: 'USD',
  '£': 'GBP',
  pound: 'GBP',
  '¥': 'JPY',
  yen: 'JPY',
  sfr: 'CHF',
  'fr.': 'CHF',
}

/** A currency code of ISO 4217, such as EUR. */
export const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: (issue) => currencyMessage(String(issue.input)), abort: true })
  .refine((code) => currencies.has(code), { error: (issue) => currencyMessage(String(issue.input)) })

function currencyMessage(value: string): string {
  const upper = value.toUpperCase()
  const meant = usualCurrencyNames[value.toLowerCase()] ?? (currencies.has(upper) ? upper : undefined)
  return `must be a currency code of ISO 4217 such as EUR; got "${value}".${meant ? ` Did you mean ${meant}?` : ''}`
}

/** A day as YYYY-MM-DD that exists in the calendar. */
export const calendarDay = z.string().refine(isCalendarDay, {
  error: (issue) => `must be a day that exists, as YYYY-MM-DD; got "${String(issue.input)}"`,
})

/** Whether a text is a day as YYYY-MM-DD that exists. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

const span = z
  .strictObject({
    from: calendarDay.meta({ description: 'First day, YYYY-MM-DD.' }),
    to: calendarDay.meta({ description: 'Last day, YYYY-MM-DD.' }),
  })
  .refine(({ from, to }) => from <= to, { error: 'ends before it begins: `from` must not be later than `to`', path: ['to'] })

const periods = z
  .strictObject({
    current: span.meta({ description: 'The period that is looked at.' }),
    previous: span.meta({ description: 'The period that it is compared with.' }),
  })
  .refine(({ current, previous }) => previous.to < current.from, {
    error: 'must end before the current period begins',
    path: ['previous', 'to'],
  })

const positive = (what: string) => z.number().int().positive().optional().meta({ description: what })

/**
 * What may stand in clientele.yaml. Everything but the currency has a default.
 */
export const configSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200).default('My company').meta({ description: 'Name of the company, as reports show it.' }),
    currency: currencyCode.meta({
      description: 'Reporting currency, ISO 4217. Amounts in other currencies are converted with the rates of table fx_rate.',
      examples: ['EUR', 'USD', 'GBP'],
    }),
    fiscalYear: z
      .strictObject({
        startMonth: z.number().int().min(1).max(12).default(1).meta({ description: 'Month in which the fiscal year begins, 1 to 12.' }),
      })
      .prefault({})
      .meta({ description: 'When the fiscal year begins.' }),
    asOf: calendarDay.optional().meta({ description: 'Last day that counts. Without it: the last day with an order.' }),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1)
      .meta({ description: 'Start of all random draws. The same inputs, settings and seed give the same figures, byte by byte.' }),
    periods: z
      .union([z.literal('auto'), periods])
      .default('auto')
      .meta({ description: 'Periods whose difference the bridge explains; `auto` takes the latest comparable ones from the data.' }),
    engine: z
      .strictObject({
        memory: z
          .string()
          .regex(/^\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/i, {
            error: (issue) => `must be an amount of memory such as 4GB; got "${String(issue.input)}"`,
          })
          .optional()
          .meta({
            description: 'Memory of the analytics engine, such as 4GB; what does not fit is kept on disk. Without it: 80 % of the machine.',
          }),
        threads: z
          .number()
          .int()
          .min(1)
          .max(1024)
          .optional()
          .meta({ description: 'Threads of the analytics engine. Without it: one a core.' }),
      })
      .prefault({})
      .meta({ description: 'How much of the machine the analytics engine may use.' }),
    limits: z
      .strictObject({
        fileBytes: positive('Largest input file, in bytes, unpacked.'),
        rows: positive('Most rows of one input file.'),
        columns: positive('Most columns of one input file.'),
        cellCharacters: positive('Longest cell of an input file, in characters.'),
        archiveRatio: positive('How many times larger than packed an archive may unpack to.'),
      })
      .prefault({})
      .meta({ description: 'What an input file may be at most; without a number the default of the reader holds.' }),
    steps: z
      .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'names of steps are in kebab-case'), z.record(z.string(), z.unknown()))
      .default({})
      .meta({ description: 'Settings of single steps by their name; each step checks its own.' }),
  })
  .meta({ title: 'clientele.yaml', description: 'Settings of a Clientele workspace.' })

export type Config = z.infer<typeof configSchema>

/** Where a setting, or a character of its text (from 1), stands in the file: `locate(['engine', 'memory'])`. */
export type Locate = (path: readonly PropertyKey[], character?: number) => Place

/** Reads clientele.yaml. All that is wrong is told at once, each with line, column and what to do. */
export function parseConfig(text: string, file: string = configFileName): { config: Config; locate: Locate } {
  if (text.length > 1_000_000) throw invalid(file, [{ file, message: `is larger than a settings file can be: ${text.length} characters` }])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const syntax = [...document.errors, ...document.warnings].map(
    (error): Problem => ({ ...place(error.pos[0]), message: error.message, hint: hintForSyntax(error.code) }),
  )
  if (document.errors.length > 0) throw invalid(file, syntax)

  const nodeAt = (path: readonly PropertyKey[]): { key?: Node; value?: Node } => {
    let value = (document.contents ?? undefined) as Node | undefined
    let key: Node | undefined
    for (const part of path) {
      if (isSeq(value) && typeof part === 'number') {
        const item = value.items[part] as Node | undefined
        if (!item) return { key, value }
        value = item
        continue
      }
      if (!isMap(value)) return { key, value }
      const pair = value.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
      if (!pair) return { key, value }
      key = pair.key as Node
      value = (pair.value ?? undefined) as Node | undefined
    }
    return { key, value }
  }
  const locate: Locate = (path, character) => {
    const { key, value } = nodeAt(path)
    const start = value?.range?.[0] ?? key?.range?.[0] ?? 0
    // Within a text the place is exact where it stands on one line and without escapes, as equations do.
    if (character === undefined || !isScalar(value)) return place(start)
    return place(start + (value.type === 'QUOTE_SINGLE' || value.type === 'QUOTE_DOUBLE' ? character : character - 1))
  }

  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch (error) {
    throw invalid(file, [{ file, line: 1, column: 1, message: error instanceof Error ? error.message : String(error) }])
  }
  const parsed = configSchema.safeParse(data, { error: plainMessage })
  if (parsed.success) return { config: parsed.data, locate }
  const problems = parsed.error.issues.flatMap((issue) =>
    problemsOf(issue, data, locate, (path) => place(nodeAt(path).key?.range?.[0] ?? 0)),
  )
  throw invalid(
    file,
    problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  )
}

/** Settings as YAML text, to be copied into the file. */
export const settingsText = (settings: unknown): string => stringify(settings, { lineWidth: 0, flowCollectionPadding: true })

/** The settings as JSON Schema (draft 2020-12), for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>
}

/** Turns what zod found into problems that say the setting, its value, where it stands and what to do. */
export function problemsOf(
  issue: z.core.$ZodIssue,
  data: unknown,
  locate: Locate,
  locateKey: Locate = locate,
  prefix: readonly PropertyKey[] = [],
): Problem[] {
  const path = [...prefix, ...issue.path]
  const name = path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path)
    return issue.keys.map((key) => ({
      ...locateKey([...path, key]),
      message: `there is no setting "${[...path, key].join('.')}"`,
      hint: didYouMean(key, known) ?? (known.length > 0 ? `There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}.` : undefined),
    }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative with the fewest complaints about its inner parts is the one that was meant.
    const value = valueAt(data, path.slice(prefix.length))
    if (typeof value === 'object' && value !== null) {
      const meant = issue.errors.find((errors) => errors.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
      if (meant) return meant.flatMap((inner) => problemsOf(inner, data, locate, locateKey, path))
    }
    return [{ ...locate(path), message: `${name} must be auto, or have current and previous, each with from and to; got ${shown(value)}` }]
  }
  const present = valueAt(data, path.slice(prefix.length)) !== undefined
  return [{ ...locate(path), message: present ? `${name} ${issue.message}` : `${name} is missing: ${issue.message}`, hint: hintFor(path) }]
}

function invalid(file: string, problems: Problem[]): AppError {
  const first = problems[0]
  const where = first.line === undefined ? file : `${file}:${first.line}:${first.column}`
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new AppError('config.invalid', `${where}: ${first.message}${more}`, {
    problems,
    hint: first.hint ?? 'Correct the file and try again.',
  })
}

const plainMessage: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type')
    return `must be ${article(issue.expected)}${issue.input === undefined ? '' : `; got ${shown(issue.input)}`}`
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}; got ${shown(issue.input)}`
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}; got ${shown(issue.input)}`
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}; got ${shown(issue.input)}`
  return undefined
}

function article(type: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    object: 'a group of settings',
    record: 'a group of settings',
    boolean: 'true or false',
  }
  return names[type] ?? type
}

function hintFor(path: readonly PropertyKey[]): string | undefined {
  return path[0] === 'currency' ? 'Write the currency in which you report, such as `currency: EUR`.' : undefined
}

function hintForSyntax(code: string): string | undefined {
  const hints: Record<string, string> = {
    DUPLICATE_KEY: 'Keep one of them.',
    TAB_AS_INDENT: 'Indent with spaces; YAML does not allow tabs.',
    BAD_INDENT: 'Settings of one group begin in the same column.',
    MISSING_CHAR: 'Close the quote or bracket.',
  }
  return hints[code]
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a group of settings'
  const text = typeof value === 'string' ? `"${value}"` : String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data
  for (const part of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined
  return value
}

/** The settings that exist below a path, read from the schema itself. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  type Node = { properties?: Record<string, Node>; anyOf?: Node[] }
  let node: Node | undefined = configJsonSchema() as Node
  for (const part of path) node = childrenOf(node)[String(part)]
  return Object.keys(childrenOf(node))

  function childrenOf(of: Node | undefined): Record<string, Node> {
    return of?.properties ?? of?.anyOf?.find((one) => one.properties)?.properties ?? {}
  }
}
