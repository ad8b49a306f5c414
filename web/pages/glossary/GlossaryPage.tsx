import { TextInput } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { formatCount, formatValue } from '../../../src/shared/format.ts'
import { type Term, useGlossary, usePortfolio, useWorkspace } from '../../parts/api.ts'
import { useKeys } from '../../parts/keys.ts'
import { PageHead, useTitle } from '../../parts/Page.tsx'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import { useAddressText } from '../../parts/useAddressText.ts'
import classes from './glossary.module.css'

/** Every term the product uses: what it means, how it is computed, where it ends, what others call it, and its value here. */
export function GlossaryPage() {
  useTitle('Glossary')
  const query = useGlossary()
  const { q, term } = useSearch({ from: '/glossary' })
  const navigate = useNavigate({ from: '/glossary' })
  const write = useCallback(
    (text: string) =>
      void navigate({ search: (before) => ({ ...before, q: text || undefined }) as never, replace: true, resetScroll: false }),
    [navigate],
  )
  const [text, setText] = useAddressText(q ?? '', write)
  const field = useRef<HTMLInputElement>(null)
  useKeys({ f: () => field.current?.focus() })
  const workspace = useWorkspace().data
  const figures = usePortfolio(undefined, workspace?.snapshot !== undefined && workspace.snapshot !== null).data?.figures
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the terms stand
  useEffect(() => {
    if (term) document.getElementById(`term-${term}`)?.scrollIntoView({ block: 'start' })
  }, [term, query.data])
  return (
    <Show heading="Glossary" query={query} shape={<Bone height={480} />}>
      {({ terms }) => (
        <>
          <PageHead eyebrow="Ground" title={`${formatCount(terms.length)} terms, what they mean and where they end`} />
          <TextInput
            ref={field}
            maw={360}
            mb={24}
            placeholder="Search terms and synonyms"
            aria-label="Search the glossary"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Terms terms={terms} q={text} chosen={term} valueHere={(one) => valueFor(one, figures, workspace?.currency ?? 'EUR')} />
        </>
      )}
    </Show>
  )
}

function valueFor(
  term: Term,
  figures: { name: string; value: string | number | null; type: string; unit?: string | undefined }[] | undefined,
  currency: string,
): string | undefined {
  const figure = figures?.find((one) => term.shownIn.includes(`figure.${one.name}`))
  return figure && figure.value !== null
    ? `${formatValue(figure.value, figure, currency)}${figure.type === 'integer' && figure.unit ? ` ${figure.unit}` : ''}`
    : undefined
}

function Terms({
  terms,
  q,
  chosen,
  valueHere,
}: {
  terms: Term[]
  q: string
  chosen: string | undefined
  valueHere: (term: Term) => string | undefined
}) {
  const found = useMemo(() => {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean)
    return terms.filter((term) => words.every((word) => [term.term, term.meaning, ...term.synonyms].join(' ').toLowerCase().includes(word)))
  }, [q, terms])
  if (found.length === 0) return <Empty title="No term fits">Try a shorter word.</Empty>
  return (
    <dl className={classes.terms}>
      {found.map((term) => (
        <div key={term.id} id={`term-${term.id}`} className={classes.term} data-chosen={term.id === chosen || undefined}>
          <dt>{term.term}</dt>
          <dd>
            <p>{term.meaning}</p>
            {term.formula && <p className={classes.formula}>{term.formula}</p>}
            {valueHere(term) && (
              <p className="small">
                Here: <b className="tab">{valueHere(term)}</b>
              </p>
            )}
            {term.limits && <p className="small dim">{term.limits}</p>}
            {term.synonyms.length > 0 && <p className="small dim">Also called {term.synonyms.join(', ')}.</p>}
            {term.see.length > 0 && (
              <p className="small">
                See{' '}
                {term.see.map((id, index) => (
                  <span key={id}>
                    {index > 0 ? ', ' : ''}
                    <Link to="/glossary" search={{ term: id }}>
                      {terms.find((other) => other.id === id)?.term ?? id}
                    </Link>
                  </span>
                ))}
              </p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
