import { cancel, isCancel, select } from '@clack/prompts'
import { Command, Option } from 'commander'
import type { ImportEffect, ImportOptions, Question, StagedImport } from '../../app/imports.ts'
import type { Workspace } from '../../app/workspace.ts'
import { CancelledError, UsageError } from '../../shared/errors.ts'
import { formatCount, formatCounted, formatDate, formatNumber, formatSeconds } from '../../shared/format.ts'
import type { ImportReport } from '../../warehouse/load/report.ts'
import { collect, pairsOf, wholeNumber, withJson, withWorkspace, workspaceOf } from '../options.ts'
import { bold, faint, print, printJson, printTable, say } from '../output.ts'
import { cancelOnInterrupt, startProgress } from '../progress.ts'

interface Flags {
  workspace?: string
  json?: boolean
  yes?: boolean
  dryRun?: boolean
  currency?: string
  dateOrder?: 'dmy' | 'mdy' | 'ymd'
  decimalMark?: '.' | ','
  encoding?: string
  delimiter?: string
  sheet?: string
  headerRow?: number
  layout?: string
  map: string[]
  answer: string[]
  recipe?: string
  saveRecipe?: string
}

export function importCommand(): Command {
  return withJson(withWorkspace(new Command('import')))
    .description('read order files and what goes with them; nothing is visible before it is committed')
    .argument('<file...>', 'CSV, TSV, XLSX, Parquet, JSON lines; gzip, ZIP or folders of them')
    .option('-y, --yes', 'commit without asking when nothing is ambiguous')
    .option('--dry-run', 'show the reconciliation card and change nothing')
    .option('--currency <code>', 'currency of the amounts where the file names none')
    .addOption(new Option('--date-order <order>', 'how to read 03/04/2026').choices(['dmy', 'mdy', 'ymd']))
    .addOption(new Option('--decimal-mark <mark>', 'how to read 1.234').choices(['.', ',']))
    .option('--encoding <name>', 'such as utf-8 or windows-1252')
    .option('--delimiter <character>', 'such as ; or tab')
    .option('--sheet <name>', 'sheet of a workbook')
    .option('--header-row <number>', 'row that holds the column names, from 1', wholeNumber)
    .option('--layout <id>', 'read as this known layout')
    .option('--map <field=column>', 'take a field from a column; may be given several times', collect, [])
    .option('--answer <question=value>', 'answer a question by its name; may be given several times', collect, [])
    .option('--recipe <name>', 'replay a saved mapping')
    .option('--save-recipe <name>', 'save the mapping under a name')
    .action(async (files: string[], flags: Flags) => {
      const workspace = await workspaceOf(flags)
      const imports = await import('../../app/imports.ts')
      const progress = startProgress()
      const { signal, release } = cancelOnInterrupt()
      const options: ImportOptions = {
        ...pick(flags),
        map: pairsOf(flags.map, '--map') as Record<string, string>,
        answers: pairsOf(flags.answer, '--answer') as Record<string, string>,
        signal,
        onProgress: ({ phase, fraction, detail }) => progress.update(detail ? `${phase}: ${detail}` : phase, fraction),
      }
      let staged: StagedImport | undefined
      try {
        staged = await imports.stageImport(workspace, files, options)
        progress.done()
        staged = await settle(workspace, staged, options, !flags.yes && !flags.json)
        const { report } = staged
        if (staged.duplicateOf) {
          await imports.discardImport(workspace, staged.id)
          say(`the same content was already imported as ${staged.duplicateOf}; nothing changed`)
          if (flags.json) printJson({ import: staged.duplicateOf, unchanged: true })
          return
        }
        if (!report) throw new UsageError('import.unsettled', 'the import could not be prepared')
        const effect = flags.json && !flags.dryRun ? null : await imports.stagedEffect(workspace, staged.id)
        if (!flags.json) printCard(report, staged)
        if (!flags.json && effect) printEffect(effect)
        if (flags.dryRun) {
          await imports.discardImport(workspace, staged.id)
          if (flags.json) printJson({ ...report, effect })
          else say('dry run: nothing was changed')
          return
        }
        if (!flags.yes && !(await confirm())) {
          await imports.discardImport(workspace, staged.id)
          throw new CancelledError()
        }
        const committed = await imports.commitImport(workspace, staged.id)
        if (flags.json) printJson({ ...committed, import: committed.id })
        else {
          say(`committed as ${bold(committed.id, process.stderr)} in ${formatSeconds(committed.seconds)}`)
          say('next: clientele run')
        }
      } catch (error) {
        progress.done()
        if (staged) await imports.discardImport(workspace, staged.id).catch(() => undefined)
        throw error
      } finally {
        release()
      }
    })
}

function pick(flags: Flags): ImportOptions {
  const { currency, dateOrder, decimalMark, encoding, delimiter, sheet, headerRow, layout, recipe, saveRecipe } = flags
  const given = {
    currency,
    dateOrder,
    decimalMark,
    encoding,
    delimiter: delimiter === 'tab' ? '\t' : delimiter,
    sheet,
    headerRow,
    layout,
    recipe,
    saveRecipe,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ImportOptions
}

/** Asks the open questions on a terminal; elsewhere they are an error that names the options. */
async function settle(workspace: Workspace, staged: StagedImport, options: ImportOptions, mayAsk: boolean): Promise<StagedImport> {
  const { answerImport } = await import('../../app/imports.ts')
  let current = staged
  while (current.questions.length > 0) {
    if (!mayAsk || !process.stdin.isTTY || !process.stderr.isTTY) throw openQuestions(current.questions)
    const answers: ImportOptions = { ...options, answers: {} }
    for (const question of current.questions) {
      const answer = await ask(question)
      answers.answers = { ...answers.answers, [question.id]: answer }
    }
    current = await answerImport(workspace, current.id, answers)
  }
  return current
}

async function ask(question: Question): Promise<string> {
  const answer = await select({
    message: `${question.title}\n   ${faint(question.why, process.stderr)}`,
    options: question.options.map(({ value, label, example }) => ({ value, label, ...(example ? { hint: example } : {}) })),
    ...(question.suggested ? { initialValue: question.suggested } : {}),
    output: process.stderr,
  })
  if (isCancel(answer)) {
    cancel('nothing was changed', { output: process.stderr })
    throw new CancelledError()
  }
  return answer
}

function openQuestions(questions: Question[]): UsageError {
  return new UsageError('import.ambiguous', `${formatCounted(questions.length, 'question')} must be answered first; nothing was imported`, {
    problems: questions.map((question) => ({
      file: question.file,
      ...(question.column ? { column: question.column } : {}),
      message: question.title,
      hint: `Say it with ${question.option}: ${question.options.map(({ value, label }) => `${value} (${label})`).join(', ')}.`,
    })),
    hint: 'give the options named above, or run the command on a terminal to be asked',
  })
}

async function confirm(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError('import.confirm', 'the import was not committed: nobody is there to confirm it', { hint: 'add --yes' })
  const answer = await select({
    message: 'Commit this import?',
    options: [
      { value: true, label: 'yes, commit' },
      { value: false, label: 'no, change nothing' },
    ],
    output: process.stderr,
  })
  return !isCancel(answer) && answer
}

/** The reconciliation card: rows in = kept + set aside, sums, dates, customers, and what was taken for granted. */
function printCard(report: ImportReport, staged?: StagedImport): void {
  for (const file of report.files) {
    print(`${bold(file.name)}  ${file.recogniser.title} ${faint(`(${file.recogniser.confidence})`)}`)
    for (const { what, value, example } of file.detected) print(`  ${what}: ${value}${example ? faint(`   such as ${example}`) : ''}`)
  }
  for (const mapping of staged?.mappings ?? []) {
    print(`\n${bold('Fields')} of ${mapping.file}`)
    for (const field of mapping.fields) {
      if (field.column) print(`  ${field.field}  <-  ${field.column}  ${faint(`${field.confidence}; ${field.why}`)}`)
    }
  }
  print(
    `\n${formatCounted(report.rowsIn, 'row')} in = ${formatCount(report.rowsKept)} kept + ${formatCount(report.rowsSetAside)} set aside`,
  )
  for (const group of report.setAside) {
    print(`  ${formatCount(group.rows)} ${group.title}: ${group.repair}`)
    for (const example of group.examples.slice(0, 3)) {
      print(
        faint(
          `    ${example.file} row ${example.row}${example.column ? `, ${example.column}` : ''}: ${example.value ?? '(empty)'}${example.expected ? `; expected ${example.expected}` : ''}`,
        ),
      )
    }
  }
  if (report.totals.length > 0) {
    print('')
    printTable(
      ['Currency', 'Lines', 'Amount', 'Of identified customers', 'Without a customer', 'Lines without'],
      report.totals.map((total) => [
        total.currency,
        formatCount(total.lines),
        cents(total.invoiceAmount),
        cents(total.identifiedAmount),
        cents(total.unidentifiedAmount),
        formatCount(total.unidentifiedLines),
      ]),
      [false, true, true, true, true, true],
    )
  }
  if (report.dates) print(`\n${formatDate(report.dates.from)} to ${formatDate(report.dates.to)}`)
  print(
    `${formatCounted(report.customers, 'customer')}, ${formatCounted(report.orders, 'order')}, ${formatCounted(report.products, 'product')}`,
  )
  for (const flag of report.flags) print(`  ${formatCount(flag.rows)} ${flag.title}: ${flag.note}`)
  for (const assumption of report.assumptions) print(`  assumed: ${assumption}`)
  if (report.ignoredColumns.length > 0) print(faint(`  not used: ${report.ignoredColumns.join(', ')}`))
}

/** What committing would change, before the question is asked. */
function printEffect(effect: ImportEffect): void {
  print(`\n${bold('Committing it would')}`)
  for (const { text, warn } of effect.sentences) print(`  ${warn ? '! ' : '  '}${text}`)
}

/** Money of the card with two decimals and thousands apart; the stored report keeps all four. */
function cents(amount: string): string {
  return formatNumber(amount, { digits: 2 })
}

export function importsCommand(): Command {
  return withJson(withWorkspace(new Command('imports')))
    .description('list the imports, or show one')
    .argument('[import]', 'id of an import')
    .action(async (id: string | undefined, flags: { workspace?: string; json?: boolean }) => {
      const workspace = await workspaceOf(flags)
      const { listImports } = await import('../../app/imports.ts')
      const reports = await listImports(workspace)
      if (id !== undefined) {
        const report = reports.find((candidate) => candidate.id === id)
        if (!report) throw new UsageError('import.unknown', `there is no import ${id}`, { hint: '`clientele imports` lists them' })
        return flags.json ? printJson(report) : printCard(report)
      }
      if (flags.json) return printJson(reports)
      if (reports.length === 0) return say('no imports yet; `clientele import FILE...` makes one')
      printTable(
        ['Import', 'Files', 'Rows kept', 'Set aside', 'From', 'To', 'Customers'],
        reports.map((report) => [
          report.id,
          report.files.map((file) => file.name).join(', '),
          formatCount(report.rowsKept),
          formatCount(report.rowsSetAside),
          report.dates?.from ?? '',
          report.dates?.to ?? '',
          formatCount(report.customers),
        ]),
        [false, false, true, true, false, false, true],
      )
    })
}

export function undoCommand(): Command {
  return withJson(withWorkspace(new Command('undo')))
    .description('take an import back; the next run is without it')
    .argument('<import>', 'id of an import')
    .action(async (id: string, flags: { workspace?: string; json?: boolean }) => {
      const workspace = await workspaceOf(flags)
      const { undoImport } = await import('../../app/imports.ts')
      const report = await undoImport(workspace, id)
      if (flags.json) return printJson({ undone: report.id, rows: report.rowsKept })
      say(`undone ${report.id}: ${formatCounted(report.rowsKept, 'row')} of ${report.files.map((file) => file.name).join(', ')}`)
      say('next: clientele run')
    })
}
