// Imports files into a workspace and runs it, telling each phase on stdout: what the kill tests kill.
// node worker.ts all|layers WORKSPACE FILE...
import { commitImport, stageImport } from '../../src/app/imports.ts'
import { runPortfolio } from '../../src/app/runs.ts'
import { findWorkspace } from '../../src/app/workspace.ts'
import { AppError } from '../../src/shared/errors.ts'
import { type Scope, stepsOf } from './scope.ts'

const tell = (word: string) => process.stdout.write(`${word}\n`)

try {
  const [scope, dir, ...files] = process.argv.slice(2)
  const workspace = await findWorkspace(dir)
  tell('stage')
  const staged = await stageImport(workspace, files, {})
  if (!staged.report) throw new Error(`open questions: ${JSON.stringify(staged.questions)}`)
  tell('commit')
  await commitImport(workspace, staged.id)
  let last = ''
  await runPortfolio(workspace, {
    steps: stepsOf(scope as Scope),
    onProgress: ({ step }) => {
      if (step !== last) tell(step)
      last = step
    },
  })
  tell('done')
} catch (error) {
  // A clean failure has a code and one sentence; everything else is ours to mend.
  tell(
    error instanceof AppError
      ? `failed ${error.kind} ${error.code}: ${error.message}`
      : `crashed ${error instanceof Error ? error.stack : error}`,
  )
  process.exitCode = error instanceof AppError ? 1 : 3
}
