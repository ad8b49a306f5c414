import { Button, NativeSelect, Radio } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { formatCount, formatCounted } from '../../../src/shared/format.ts'
import type { ImportAnswers, StagedImport } from '../../parts/api.ts'
import { setAsideUrl } from '../../parts/api.ts'
import parts from '../../parts/parts.module.css'
import classes from './data.module.css'
import { SetAside } from './Reconciliation.tsx'

/** What only a person can decide, each with examples from the file; and what could not be read, grouped by repair. */
export function CheckStep({
  staged,
  onAnswer,
  onNext,
}: {
  staged: StagedImport
  onAnswer: (answers: ImportAnswers) => void
  onNext: () => void
}) {
  const [given, setGiven] = useState<Record<string, string>>({})
  const [missing, setMissing] = useState(false)
  const key = (question: StagedImport['questions'][number]): string => `${question.id} ${question.file} ${question.column ?? ''}`
  const answerOf = (question: StagedImport['questions'][number]): string | undefined => given[key(question)] ?? question.suggested
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (staged.questions.some((question) => answerOf(question) === undefined)) {
      setMissing(true)
      return
    }
    // The server knows which answers are options of their own.
    onAnswer({ answers: Object.fromEntries(staged.questions.map((question) => [question.id, answerOf(question)!])) })
  }
  if (staged.questions.length > 0) {
    return (
      <form onSubmit={submit}>
        {staged.questions.map((question) => {
          const value = answerOf(question)
          const error = missing && value === undefined ? 'Please choose' : undefined
          return (
            <fieldset key={key(question)} className={classes.question} aria-describedby={`${key(question)}-why`}>
              <legend>{question.title}</legend>
              <p id={`${key(question)}-why`} className="dim">
                {question.why}{' '}
                <span className="small">
                  ({[question.file, question.column && `column “${question.column}”`].filter(Boolean).join(', ')})
                </span>
              </p>
              {question.options.length > 6 ? (
                <NativeSelect
                  mt={12}
                  maw={420}
                  aria-label={question.title}
                  error={error}
                  value={value ?? ''}
                  onChange={(event) => {
                    const { value: chosen } = event.currentTarget
                    setGiven((before) => ({ ...before, [key(question)]: chosen }))
                  }}
                  data={[
                    ...(value === undefined ? [{ value: '', label: 'Choose …', disabled: true }] : []),
                    ...question.options.map((option) => ({
                      value: option.value,
                      label: option.example ? `${option.label} (${option.example})` : option.label,
                    })),
                  ]}
                />
              ) : (
                <Radio.Group
                  aria-label={question.title}
                  error={error}
                  value={value ?? null}
                  onChange={(chosen) => setGiven((before) => ({ ...before, [key(question)]: String(chosen) }))}
                >
                  <div className={classes.options}>
                    {question.options.map((option) => (
                      <Radio
                        key={option.value}
                        value={option.value}
                        label={
                          <>
                            {option.label}
                            {option.example && <span className="dim tab"> · {option.example}</span>}
                            {question.suggested === option.value && <span className="dim"> · suggested</span>}
                          </>
                        }
                      />
                    ))}
                  </div>
                </Radio.Group>
              )}
            </fieldset>
          )
        })}
        <div className={classes.actions}>
          <Button type="submit">{staged.questions.length === 1 ? 'Answer' : `Give ${formatCount(staged.questions.length)} answers`}</Button>
        </div>
      </form>
    )
  }
  const { report } = staged
  return (
    <>
      {report && report.setAside.length > 0 ? (
        <>
          <p className={parts.sectionLead} style={{ marginBottom: 12 }}>
            {formatCounted(report.rowsSetAside, 'row')} of {formatCount(report.rowsIn)} cannot be taken as they are. They are set aside by
            name: commit without them and import the corrected rows later, or correct the file now.
          </p>
          <SetAside report={report} />
          <p style={{ marginTop: 8 }}>
            <a href={setAsideUrl(staged.id, true)} download>
              All of them as CSV
            </a>
          </p>
        </>
      ) : (
        <p>No question is open and every row could be read.</p>
      )}
      <div className={classes.actions}>
        <Button onClick={onNext}>On to the preview</Button>
      </div>
    </>
  )
}
