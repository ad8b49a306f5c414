import { Command, Option } from 'commander'
import { formatCounted } from '../../shared/format.ts'
import { wholeNumber, withJson } from '../options.ts'
import { print, printJson, say } from '../output.ts'
import { cancelOnInterrupt, startProgress } from '../progress.ts'

export function simulateCommand(): Command {
  return withJson(new Command('simulate'))
    .description('write made-up order lines of any size, to try how large a base your machine carries')
    .option('--customers <number>', 'how many customers', wholeNumber, 100_000)
    .option('--lines <number>', 'how many order lines', wholeNumber, 1_000_000)
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--seed <number>', 'the same seed gives the same file', wholeNumber, 1)
    .addOption(new Option('-f, --format <format>', 'what to write').choices(['parquet', 'csv']).default('parquet'))
    .action(async (flags: { customers: number; lines: number; out: string; seed: number; format: 'parquet' | 'csv'; json?: boolean }) => {
      const { simulateLoad } = await import('../../simulate/index.ts')
      const progress = startProgress()
      const { signal, release } = cancelOnInterrupt()
      try {
        const written = await simulateLoad({ ...flags, signal, onProgress: (fraction) => progress.update('writing order lines', fraction) })
        progress.done()
        if (flags.json) return printJson(written)
        print(written.file)
        say(`${formatCounted(written.lines, 'line')}; next: clientele import ${written.file}`)
      } finally {
        progress.done()
        release()
      }
    })
}
