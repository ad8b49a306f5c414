import { Command } from 'commander'
import { wholeNumber, withWorkspace, workspaceOf } from '../options.ts'
import { bold, print, say } from '../output.ts'

export function serveCommand(): Command {
  return withWorkspace(new Command('serve'))
    .description('open the web app on this machine')
    .option('-p, --port <number>', 'port; the next free one when it is taken', wholeNumber, 4180)
    .option('--host <address>', 'address to listen on; anything but loopback opens it to others', '127.0.0.1')
    .action(async (flags: { workspace?: string; port: number; host: string }) => {
      await serve(await workspaceOf(flags), flags)
    })
}

/** Serves until Ctrl-C, and lets running requests end. */
export async function serve(workspace: Awaited<ReturnType<typeof workspaceOf>>, options: { port: number; host: string }): Promise<void> {
  const { startServer } = await import('../../http/server.ts')
  const server = await startServer({ workspace, port: options.port, host: options.host })
  print(server.url)
  for (const warning of server.warnings) say(`warning: ${warning}`)
  say(`serving ${bold(workspace.config.name, process.stderr)}; the link carries the token, Ctrl-C ends`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  say('stopping ...')
  await server.close()
}
