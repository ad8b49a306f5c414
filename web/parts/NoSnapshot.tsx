import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { formatCounted } from '../../src/shared/format.ts'
import { useStartRun, type Workspace } from './api.ts'
import { PageHead } from './Page.tsx'
import { Empty, Failed } from './States.tsx'

/** Before the first figures: import, or compute. */
export function NoSnapshot({ workspace, title }: { workspace: Workspace; title: string }) {
  const start = useStartRun()
  const running = workspace.jobs.some((job) => job.kind === 'run')
  return (
    <>
      <PageHead
        eyebrow={title}
        title={workspace.imports === 0 ? 'Start with one order file' : 'The data is in; the figures are not computed yet'}
      />
      {workspace.imports === 0 ? (
        <Empty
          title="Which customers make you money?"
          action={
            <Button component={Link} to="/data/import">
              Import files
            </Button>
          }
        >
          <p>
            Give an export of your order or invoice lines: CSV, Excel, Parquet or JSON lines, as your shop or ERP writes it. Clientele says
            what it recognised, asks where something can be read two ways, and shows that the sums tie to your file before anything counts.
          </p>
          <p style={{ marginTop: 8 }}>Nothing leaves this machine.</p>
        </Empty>
      ) : (
        <Empty
          title={`${formatCounted(workspace.imports, 'import')} stand ready`}
          action={
            <>
              <Button onClick={() => start.mutate(undefined)} loading={start.isPending || running}>
                Compute the portfolio
              </Button>
              <Button component={Link} to="/data" variant="default">
                Look at the imports
              </Button>
            </>
          }
        >
          Computing takes seconds for a file, a minute for millions of lines. It can be cancelled, and shows only once it is whole.
        </Empty>
      )}
      {start.error && <Failed error={start.error} />}
    </>
  )
}
