import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { formatBytes } from '../../../src/shared/format.ts'
import { useRecipes, useWorkspace } from '../../parts/api.ts'
import { PageHead, Section, useTitle } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Show } from '../../parts/States.tsx'

export function SettingsPage() {
  useTitle('Settings and about')
  const workspace = useWorkspace()
  const recipes = useRecipes().data?.recipes ?? []
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <PageHead
        eyebrow="Ground"
        title="Settings and about"
        doubt="What shapes the figures is set in clientele.yaml in the workspace folder, where editors check it; what is below is for this browser alone."
      />
      <Section title="Look" id="look">
        <SegmentedControl
          aria-label="Theme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
          data={[
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
            { value: 'auto', label: 'As the system' },
          ]}
        />
      </Section>
      <Section title="Workspace" id="workspace">
        <Show query={workspace} shape={<Bone height={120} />}>
          {(data) => (
            <dl className={parts.facts}>
              <dt>Name</dt>
              <dd>{data.name}</dd>
              <dt>Reporting currency</dt>
              <dd>{data.currency}</dd>
              <dt>Folder</dt>
              <dd>{data.folder}</dd>
              <dt>Imports</dt>
              <dd>{data.imports}</dd>
              <dt>Snapshot published</dt>
              <dd className="tab">{data.snapshot?.id ?? 'none'}</dd>
              <dt>Largest upload</dt>
              <dd>{formatBytes(data.limits.uploadBytes)}; the command line takes any size</dd>
              <dt>Recipes</dt>
              <dd>{recipes.length === 0 ? 'none' : recipes.map((recipe) => recipe.name).join(', ')}</dd>
            </dl>
          )}
        </Show>
      </Section>
      <Section title="About" id="about">
        <div className="prose">
          <p>
            Clientele {workspace.data?.version} shows which customers make you money, how concentrated that is, and what the data does not
            say. It runs on your machine; nothing leaves it. Every figure can be traced to the row of the file it came from.
          </p>
          <p style={{ marginTop: 8 }}>
            Licence: Apache-2.0. Programs reach the same figures through the <a href="/api/v1/openapi.json">HTTP API</a> and the command
            line. Typeface: Inter, under the SIL Open Font Licence.
          </p>
        </div>
      </Section>
    </>
  )
}
