import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { formatCounted } from '../../../src/shared/format.ts'
import type { Mapping, StagedImport } from '../../parts/api.ts'
import parts from '../../parts/parts.module.css'
import classes from './data.module.css'

const sure = { known: 'known', suggested: 'suggested', unsure: 'unsure' } as const

/** Which of their columns is which of our fields: header, examples, field, confidence, why; each can be changed. */
export function MappingStep({
  staged,
  onChange,
  onNext,
}: {
  staged: StagedImport
  onChange: (map: Record<string, string>) => void
  onNext: () => void
}) {
  const [changes, setChanges] = useState<Record<string, string>>({})
  const changed = Object.keys(changes).length
  // Files that are read alike need to be looked at once.
  const alike = new Map<string, { mapping: Mapping; files: string[] }>()
  for (const mapping of staged.mappings) {
    const key = JSON.stringify([mapping.recogniser.id, mapping.fields.map((field) => field.column)])
    const known = alike.get(key)
    if (known) known.files.push(mapping.file)
    else alike.set(key, { mapping, files: [mapping.file] })
  }
  return (
    <>
      {[...alike.values()].map(({ mapping, files }) => (
        <section key={files[0]} style={{ marginBottom: 32 }}>
          <h2 className={parts.sectionTitle}>{files.length === 1 ? files[0] : `${files[0]} and ${files.length - 1} like it`}</h2>
          <p className="dim" style={{ marginBottom: 8 }}>
            This looks like: <b>{mapping.recogniser.title}</b> ({sure[mapping.recogniser.confidence]}),{' '}
            {formatCounted(
              staged.files.filter((file) => files.includes(file.name)).reduce((sum, file) => sum + file.rows, 0),
              'row',
            )}
            .
          </p>
          <MappingTable
            mapping={mapping}
            columns={staged.files.find((file) => file.name === mapping.file)?.columns ?? []}
            changes={changes}
            onChange={(field, column) => setChanges((before) => ({ ...before, [field]: column }))}
          />
          {mapping.ignored.length > 0 && (
            <p style={{ marginTop: 8 }}>
              <b>Not used:</b> <span className="dim">{mapping.ignored.join(', ')}</span>
            </p>
          )}
        </section>
      ))}
      <div className={classes.actions}>
        {changed > 0 ? (
          <>
            <Button onClick={() => onChange(changes)}>Read again with {formatCounted(changed, 'change')}</Button>
            <Button variant="default" onClick={() => setChanges({})}>
              Leave as it was
            </Button>
          </>
        ) : (
          <Button onClick={onNext}>
            {staged.questions.length > 0 ? `On to ${formatCounted(staged.questions.length, 'question')}` : 'On to the preview'}
          </Button>
        )}
      </div>
    </>
  )
}

function MappingTable({
  mapping,
  columns,
  changes,
  onChange,
}: {
  mapping: Mapping
  columns: { name: string; examples: string[] }[]
  changes: Record<string, string>
  onChange: (field: string, column: string) => void
}) {
  const order = { unsure: 0, suggested: 1, known: 2 }
  const fields = [...mapping.fields].sort(
    (a, b) => Number(a.column === null) - Number(b.column === null) || order[a.confidence] - order[b.confidence],
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.scroll} tabIndex={0} aria-label={`Mapping of ${mapping.file}`}>
      <table className={parts.table} style={{ minWidth: 760 }}>
        <thead>
          <tr>
            <th scope="col">Our field</th>
            <th scope="col">Their column</th>
            <th scope="col">Examples from the file</th>
            <th scope="col">Sure?</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => {
            const key = `${field.table}.${field.field}`
            const value = changes[key] ?? field.column ?? ''
            const title = 'title' in field && typeof field.title === 'string' ? field.title : field.field.replaceAll('_', ' ')
            const examples = changes[key] === undefined ? field.examples : (columns.find((column) => column.name === value)?.examples ?? [])
            return (
              <tr key={key}>
                <th scope="row">
                  <b style={{ fontWeight: 560 }}>{title.charAt(0).toUpperCase() + title.slice(1)}</b>
                </th>
                <td>
                  <NativeSelect
                    size="xs"
                    aria-label={`Column for ${title}`}
                    value={value}
                    onChange={(event) => onChange(key, event.currentTarget.value)}
                    data={[{ value: '', label: 'none' }, ...columns.map((column) => ({ value: column.name, label: column.name }))]}
                  />
                </td>
                <td className="tab">
                  {examples
                    .slice(0, 3)
                    .map((e) => (e.length > 28 ? `${e.slice(0, 27)}…` : e))
                    .join(' · ') || <span className="dim">–</span>}
                </td>
                <td>
                  <span className={parts.badge} data-tone={field.confidence === 'unsure' && field.column ? 'bad' : 'plain'}>
                    {field.column || changes[key] ? (changes[key] === undefined ? sure[field.confidence] : 'as you say') : 'absent'}
                  </span>
                </td>
                <td className="dim">{field.why}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
