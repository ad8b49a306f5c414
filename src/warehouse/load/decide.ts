import { AppError } from '../../shared/errors.ts'
import type { Warehouse } from '../port.ts'
import type { Sql } from '../sql.ts'
import { id, sql } from '../sql.ts'
import type { Field, LayoutContext } from './layouts/index.ts'
import { type DateOrder, dateEvidence, dayMeanings, dayShapes, dayTexts } from './parse/dates.sql.ts'
import { markCounts, plainEvidence, valueEvidence } from './parse/evidence.sql.ts'
import { currencyBeside, type DecimalMark } from './parse/numbers.sql.ts'
import { keptDecimals, type Reading } from './parse/typed.sql.ts'
import type { Group } from './recognise.ts'
import type { ImportOptions, Question } from './types.ts'

/** How a group of files is read, what was found out on the way, and what only the user can say. */
export interface Decision {
  reading: Reading
  dateOrder: DateOrder | null
  decimalMark: DecimalMark | null
  /** Currency found beside the amounts, one for the whole group; null when there is none. */
  currency: string | null
  detected: { what: string; value: string; example?: string }[]
  assumptions: string[]
  questions: Question[]
}

interface Marks {
  dot: number
  comma: number
  open: number
  odd: number
  dot_example: string | null
  comma_example: string | null
  open_example: string | null
}

const textOf = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

/** Up to this share of cells may contradict the rest before we ask: they are set aside, each with its row. */
const tolerated = 0.01

/**
 * Looks at whole columns and settles decimal mark, date order and the like. What has two valid readings becomes a question.
 * Leaves relation `days_<group>` behind, which the reading uses.
 */
export async function decideReading(
  warehouse: Warehouse,
  group: Group,
  raw: string,
  options: ImportOptions,
  workspaceCurrency: string,
  recipeCurrency: string | null,
  latest: string,
): Promise<Decision> {
  const columns = new Map(group.matches.flatMap((match) => (match.column ? [[match.field, match.column.position] as const] : [])))
  const mapped = group.layout.fields.filter((field) => columns.has(field.name))
  const decision: Decision = {
    reading: {
      columns,
      decimalMark: '.',
      days: null,
      width: group.columns.length,
      floatIds: new Set(),
      clean: new Set(),
      exact: new Set(),
    },
    dateOrder: null,
    decimalMark: null,
    currency: null,
    detected: [],
    assumptions: [],
    questions: [],
  }
  const cell = (field: Field): Sql => id(`c${columns.get(field.name)}`)
  const header = (field: Field): string => group.columns[(columns.get(field.name) as number) - 1].name

  await decideNumbers(mapped)
  await decideDates(mapped)
  return decision

  async function decideNumbers(fields: Field[]): Promise<void> {
    const numeric = fields.filter((field) => ['money', 'price', 'quantity', 'number', 'ratio'].includes(field.type))
    const ids = fields.filter((field) => field.type === 'id')
    const texts = [...ids, ...fields.filter((field) => !numeric.includes(field) && field.type !== 'id')]
    const found = await rowOf(plainEvidence(id(raw), numeric.map(cell), ids.map(cell), texts.map(cell)))
    const plain = numeric.filter((_, i) => Number(found[`look_${i}`]) === 0)
    decision.reading.clean = new Set([...plain, ...texts.filter((_, i) => Number(found[`untidy_${i}`]) === 0)].map((field) => field.name))
    decision.reading.exact = new Set(
      numeric
        .filter((field, i) => plain.includes(field) && Number(found[`decimals_${i}`]) <= keptDecimals(field))
        .map((field) => field.name),
    )
    const marks: Marks[] = []
    for (const [i, field] of numeric.entries()) {
      const marked = Number(found[`marked_${i}`])
      const dot = Number(found[`dot_${i}`])
      if (Number(found[`look_${i}`]) === 0 && (marked === 0 || dot > 0))
        marks.push({
          dot,
          comma: 0,
          open: marked - dot,
          odd: 0,
          dot_example: textOf(found[`example_${i}`]),
          comma_example: null,
          open_example: null,
        })
      else {
        const close = await rowOf(markCounts(id(raw), cell(field)))
        marks.push({
          dot: Number(close.dot),
          comma: Number(close.comma),
          open: Number(close.open),
          odd: Number(close.odd),
          dot_example: textOf(close.dot_example),
          comma_example: textOf(close.comma_example),
          open_example: textOf(close.open_example),
        })
      }
    }
    const sum = (what: 'dot' | 'comma' | 'open') => marks.reduce((total, mark) => total + mark[what], 0)
    const example = (what: 'dot_example' | 'comma_example' | 'open_example') => {
      const i = marks.findIndex((mark) => mark[what] !== null)
      return i < 0 ? null : { field: numeric[i], text: String(marks[i][what]) }
    }
    const dots = sum('dot')
    const commas = sum('comma')
    const open = sum('open')
    const told = options.decimalMark ?? group.recipe?.decimalMark ?? undefined
    const typedSource = group.files.every(({ file }) => file.format !== 'csv')
    const shown = (mark: DecimalMark) => example(mark === '.' ? 'dot_example' : 'comma_example') ?? example('open_example')
    let mark: DecimalMark | null = told ?? null
    if (!mark) {
      const [lead, less]: [DecimalMark, number] = dots >= commas ? ['.', commas] : [',', dots]
      if (dots + commas > 0 && less <= tolerated * (dots + commas)) {
        mark = lead
        if (less > 0) {
          const other = example(lead === '.' ? 'comma_example' : 'dot_example')
          decision.assumptions.push(
            `Decimal mark "${lead}": ${dots + commas - less} values prove it; ${less} ${less === 1 ? 'value contradicts' : 'values contradict'} it${other ? ` (such as ${other.text} in "${header(other.field)}")` : ''} and ${less === 1 ? 'is' : 'are'} set aside.`,
          )
        }
      } else if (dots + commas === 0 && open > 0 && typedSource) mark = '.'
      else if (dots + commas === 0 && open === 0) mark = null
      else {
        const sample = example('open_example') ?? example('dot_example') ?? example('comma_example')
        const both = dots > 0 && commas > 0
        decision.questions.push({
          id: 'decimal-mark',
          file: group.files[0].file.name,
          ...(sample ? { column: header(sample.field) } : {}),
          title: 'What is the decimal mark?',
          why: both
            ? `The file mixes both: ${dots} values such as ${example('dot_example')?.text} and ${commas} such as ${example('comma_example')?.text}. Values of the other kind are set aside.`
            : `Every value with a mark can be read both ways, such as "${sample?.text}" in column "${sample ? header(sample.field) : ''}".`,
          options: [
            { value: '.', label: 'point', example: sample ? `${sample.text} = ${readAs(sample.text, '.')}` : '1,234.56' },
            { value: ',', label: 'comma', example: sample ? `${sample.text} = ${readAs(sample.text, ',')}` : '1.234,56' },
          ],
          ...(both ? { suggested: dots > commas ? '.' : ',' } : {}),
          option: '--decimal-mark . (or ,)',
        })
      }
    }
    decision.decimalMark = mark
    decision.reading.decimalMark = mark ?? '.'
    if (mark && numeric.length > 0) {
      const sample = shown(mark)
      decision.detected.push({
        what: 'decimal mark',
        value: mark === '.' ? 'point' : 'comma',
        ...(sample ? { example: `${sample.text} in "${header(sample.field)}"` } : {}),
      })
    }
    const floats = new Set<string>()
    ids.forEach((field, i) => {
      if (Number(found[`float_${i}`]) > 0 && found[`float_${i}`] === found[`filled_${i}`]) {
        floats.add(field.name)
        decision.assumptions.push(
          `"${header(field)}": every number ends in .0, as spreadsheets write them; ${found[`float_example_${i}`]} is read without it.`,
        )
      }
    })
    decision.reading.floatIds = floats

    const beside = numeric.filter((field, i) => field.type !== 'ratio' && marks[i].odd > 0)
    if (beside.length > 0) await decideCurrency(beside)
  }

  async function decideCurrency(fields: Field[]): Promise<void> {
    const rows = await warehouse.rows(await viewed(valueEvidence(id(raw), fields.map(cell), currencyBeside)))
    const codes = rows.map((row) => ({ code: String(row.currency), rows: Number(row.rows), example: String(row.example) }))
    if (codes.length === 0) return
    if (codes.length === 1 && /^[A-Z]{3}$/.test(codes[0].code)) {
      decision.currency = codes[0].code
      decision.detected.push({ what: 'currency', value: codes[0].code, example: codes[0].example })
    } else if (codes.length > 1) {
      throw new AppError(
        'import.currency-signs',
        `${group.files[0].file.name}: amounts bear several currency signs and there is no currency column`,
        {
          hint: 'Add a column with the currency of each row, or one file per currency.',
          problems: codes.map(({ code, rows: count, example }) => ({ message: `${code}: ${count} values such as ${example}` })),
        },
      )
    } else {
      const [{ code: mark, example }] = codes
      const settled = options.currency ?? recipeCurrency ?? (signOf(workspaceCurrency) === mark ? workspaceCurrency : null)
      decision.currency = settled
      if (settled) decision.detected.push({ what: 'currency', value: settled, example })
      else
        decision.questions.push({
          id: 'currency',
          file: group.files[0].file.name,
          column: header(fields[0]),
          title: `Which currency is "${mark}"?`,
          why: `Amounts such as ${example} bear a sign that several currencies share.`,
          options: Intl.supportedValuesOf('currency')
            .filter((currency) => signOf(currency) === mark)
            .map((currency) => ({ value: currency, label: currency })),
          ...(mark === '$' ? { suggested: 'USD' } : {}),
          option: '--currency CODE',
        })
    }
  }

  async function decideDates(fields: Field[]): Promise<void> {
    const dates = fields.filter((field) => field.type === 'date')
    if (dates.length === 0) return
    const texts = `day_texts_${group.number}`
    const shapes = `day_shapes_${group.number}`
    const meanings = `days_${group.number}`
    await warehouse.materialise(texts, await viewed(dayTexts(id(raw), dates.map(cell))), { signal: options.signal })
    await warehouse.materialise(shapes, await viewed(dayShapes(id(texts), id('month_names'))))
    const found = await rowOf(dateEvidence(id(shapes)))
    const count = (what: string) => Number(found[what])
    const told = options.dateOrder ?? group.recipe?.dateOrder ?? undefined
    const proofs: [DateOrder, number][] = [
      ['dmy', count('dmy')],
      ['mdy', count('mdy')],
      ['ymd', count('ymd')],
    ]
    const total = proofs.reduce((sum, [, n]) => sum + n, 0)
    const [lead, most] = proofs.reduce((a, b) => (b[1] > a[1] ? b : a))
    let order: DateOrder | null = told ?? null
    if (!order && total > 0 && total - most <= tolerated * total) {
      order = lead
      if (total > most)
        decision.assumptions.push(`Dates are ${orderNames[lead]}: ${most} prove it, ${total - most} contradict it and are set aside.`)
    }
    if (!order && (total > 0 || count('open') > 0)) {
      const sample = String(found.open_example ?? found.dmy_example ?? found.mdy_example)
      const field = dates[0]
      decision.questions.push({
        id: 'date-order',
        file: group.files[0].file.name,
        column: header(field),
        title: 'In which order are day and month?',
        why:
          total > 0
            ? `Both orders occur: ${count('dmy')} dates such as ${found.dmy_example} and ${count('mdy')} such as ${found.mdy_example}. Dates of the other order are set aside.`
            : `Every date can be read both ways, such as ${sample}.`,
        options: (['dmy', 'mdy'] as const).map((value) => ({
          value,
          label: orderNames[value],
          example: `${sample} = ${dateAs(sample, value)}`,
        })),
        ...(total > 0 ? { suggested: lead } : {}),
        option: '--date-order dmy (or mdy)',
      })
    }
    const all = ['dmy', 'mdy', 'ymd', 'open', 'same', 'iso', 'compact', 'named', 'serial', 'other'].reduce(
      (sum, what) => sum + count(what),
      0,
    )
    const serials =
      count('serial') > 0 && (count('serial') >= (1 - tolerated) * all || group.files.some(({ file }) => file.format === 'xlsx'))
    if (serials)
      decision.assumptions.push(`Dates such as ${found.serial_example} are day numbers of a spreadsheet, counted from 1899-12-30.`)
    decision.dateOrder = order
    if (order && total + count('open') > 0) {
      const sample = String(found[`${order}_example`] ?? found.open_example)
      decision.detected.push({ what: 'date order', value: orderNames[order], example: `${sample} = ${dateAs(sample, order)}` })
    } else if (found.clear_example !== null) {
      decision.detected.push({
        what: 'dates',
        value: count('named') > count('iso') ? 'month in words' : 'year first',
        example: String(found.clear_example),
      })
    }
    await warehouse.materialise(meanings, await viewed(dayMeanings(id(shapes), order, serials, latest)))
    decision.reading.days = id(meanings)
  }

  /** Constants in patterns are only compiled once when the query carries them as text, so queries over many rows go through a view. */
  async function viewed(query: Sql): Promise<Sql> {
    await warehouse.view('evidence', query)
    return sql`select * from evidence`
  }

  async function rowOf(query: Sql): Promise<Record<string, unknown>> {
    const [row] = await warehouse.rows(await viewed(query), { signal: options.signal })
    return row ?? {}
  }
}

const orderNames: Record<DateOrder, string> = { dmy: 'day, month, year', mdy: 'month, day, year', ymd: 'year, month, day' }

/** The day that a numeric date means under an order, for people. */
function dateAs(text: string, order: DateOrder): string {
  const [a, b, c] = text.split(/[-/. ]/)
  const [day, month, year] = order === 'dmy' ? [a, b, c] : order === 'mdy' ? [b, a, c] : [c, b, a]
  const full = year?.length === 2 ? (year >= '70' ? `19${year}` : `20${year}`) : year
  return `${full}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`
}

/** The short sign of a currency, such as $ for CAD. */
function signOf(currency: string): string {
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(1)
  return parts.find((part) => part.type === 'currency')?.value ?? currency
}

function readAs(text: string, mark: DecimalMark): string {
  const group = mark === '.' ? ',' : '.'
  return text.replaceAll(group, '').replace(mark, '.')
}

/** Questions for fields that need a column and have none, or only an unsure one. */
export function mappingQuestions(group: Group, context: LayoutContext): Question[] {
  const { layout, columns, matches } = group
  const needs = layout.needs?.(context) ?? layout.fields.filter((field) => field.required).map((field) => field.name)
  const file = group.files[0].file.name
  return layout.fields.flatMap((field, i) => {
    const match = matches[i]
    const needed = needs.includes(field.name)
    if (!needed || match.why === 'left out as told' || match.column) return []
    const free = columns.filter((column) => !matches.some((other) => other.column?.position === column.position))
    return [
      {
        id: `map:${field.name}`,
        file,
        title: `Which column is the ${field.title.toLowerCase()}?`,
        why: match.maybe ? match.why : 'No column is named like it.',
        options: [
          ...free.map((column) => ({
            value: column.name,
            label: column.name,
            ...(column.examples[0] ? { example: column.examples.slice(0, 3).join(', ') } : {}),
          })),
          ...(field.required ? [] : [{ value: '', label: 'none: the file does not say' }]),
        ],
        ...(match.maybe ? { suggested: match.maybe.name } : {}),
        option: `--map ${field.name}="COLUMN"`,
      },
    ]
  })
}

/** The join of what several groups decided, as evidence in the context of a layout. */
export function contextFor(
  groups: readonly Group[],
  layoutId: string,
  rest: Pick<LayoutContext, 'answers' | 'currency' | 'tables'>,
): LayoutContext {
  const mapped = new Set(
    groups
      .filter((group) => group.layout.id === layoutId)
      .flatMap((group) => group.matches.flatMap((match) => (match.column ? [match.field] : []))),
  )
  return { has: (field) => mapped.has(field), ...rest }
}
