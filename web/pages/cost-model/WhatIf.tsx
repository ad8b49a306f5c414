import { Button, CopyButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { formatCount, formatMoney, formatNumber, formatRatio } from '../../../src/shared/format.ts'
import { type Portfolio, type Row, type ScenarioResult, tablePageOptions } from '../../parts/api.ts'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone } from '../../parts/States.tsx'
import { isNegative } from '../../parts/values.tsx'
import classes from './cost-model.module.css'
import { isTried, readTried, type Tried, useScenario, writeTried } from './scenario.ts'

/** Another model beside the published one: what is typed shows its effect at once, and nothing is changed. */
export function WhatIf({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/cost-model' })
  const navigate = useNavigate({ from: '/cost-model' })
  const [tried, setTried] = useState<Tried>(() => readTried(search.try))
  const [settled] = useDebouncedValue(tried, 250)
  // A scenario is a link: whoever gets it sees the same.
  const text = writeTried(settled)
  useEffect(() => {
    if (text !== search.try)
      void navigate({ search: ({ try: _, ...before }) => (text ? { ...before, try: text } : before), replace: true, resetScroll: false })
  }, [text, search.try, navigate])
  const snapshot = portfolio.snapshot.id
  const pools = useQuery(tablePageOptions('pool_cost', { snapshot, sort: '-cost' }, 0, 200, false)).data?.rows
  const activities = useQuery(tablePageOptions('activity_cost', { snapshot, sort: 'pool_id,activity_id' }, 0, 500, false)).data?.rows
  const effect = useScenario(settled, portfolio.snapshot.current ? undefined : snapshot)
  if (!pools || !activities) return <Bone height={320} gap={40} />
  const result = effect.data
  return (
    <Section
      title="Pools, rates and time equations"
      id="what-if"
      lead="Type another capacity, rate or equation: the effect stands beside the published model at once. Nothing is changed until you put it into clientele.yaml."
      actions={
        isTried(tried) ? (
          <div className={parts.pageActions}>
            <Button variant="default" size="compact-sm" onClick={() => setTried({ pools: {}, activities: {} })}>
              Discard
            </Button>
            <CopyButton value={window.location.href}>
              {({ copied, copy }) => (
                <Button variant="default" size="compact-sm" onClick={copy}>
                  {copied ? 'Link copied' : 'Keep as a link'}
                </Button>
              )}
            </CopyButton>
            {result?.proposal && (
              <CopyButton value={result.proposal}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" onClick={copy}>
                    {copied ? 'Copied' : 'Copy for clientele.yaml'}
                  </Button>
                )}
              </CopyButton>
            )}
          </div>
        ) : undefined
      }
    >
      <div className={classes.sheet}>
        <div className={classes.model}>
          <Pools rows={pools} tried={tried} onTried={setTried} result={result} currency={portfolio.workspace.currency} />
          <Equations rows={activities} pools={pools} tried={tried} onTried={setTried} problems={effect.error?.problems ?? []} />
        </div>
        <div className={classes.effect} aria-live="polite" aria-busy={effect.isFetching}>
          <EffectPanel
            portfolio={portfolio}
            tried={isTried(settled)}
            result={result}
            failed={effect.error?.message}
            busy={effect.isFetching}
          />
        </div>
      </div>
    </Section>
  )
}

type Change = (change: (before: Tried) => Tried) => void

function Pools({
  rows,
  tried,
  onTried,
  result,
  currency,
}: {
  rows: Row[]
  tried: Tried
  onTried: Change
  result: ScenarioResult | undefined
  currency: string
}) {
  const own = rows.filter((row) => row.practical_capacity !== null)
  const set = (pool: string, what: 'capacity' | 'rate', text: string) => {
    const value = Number(text.replaceAll(',', ''))
    onTried((before) => {
      const { [pool]: _, ...others } = before.pools
      return text.trim() === '' || !(value > 0)
        ? { ...before, pools: others }
        : { ...before, pools: { ...others, [pool]: { [what]: value } } }
    })
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.twin} tabIndex={0} aria-label="Pools">
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">Pool</th>
            <th scope="col" className={parts.right}>
              Cost <span className={parts.unit}>{currency}</span>
            </th>
            <th scope="col" className={parts.right}>
              Practical capacity
            </th>
            <th scope="col" className={parts.right}>
              Rate <span className={parts.unit}>{currency}</span>
            </th>
            <th scope="col" className={parts.right}>
              Used <span className={parts.unit}>%</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {own.map((row) => {
            const id = String(row.pool_id)
            const unit = String(row.capacity_unit ?? 'min')
            const now = result?.pools.find((pool) => pool.pool_id === id)
            return (
              <tr key={id}>
                <th scope="row" className={classes.name}>
                  {String(row.title)}
                </th>
                <td className={parts.right}>{formatMoney(String(row.cost), currency, { currencyDisplay: 'none' })}</td>
                <td className={parts.right}>
                  <Field
                    label={`Practical capacity of ${row.title}, in ${unit}`}
                    published={formatCount(Number(row.practical_capacity))}
                    value={tried.pools[id]?.capacity}
                    onChange={(text) => set(id, 'capacity', text)}
                  />
                  <span className={classes.unit}>{unit}</span>
                </td>
                <td className={parts.right}>
                  <Field
                    label={`Rate of ${row.title}, in ${currency} per ${unit}`}
                    published={formatNumber(now?.rate ?? Number(row.rate), { digits: 4 })}
                    value={tried.pools[id]?.rate}
                    onChange={(text) => set(id, 'rate', text)}
                  />
                </td>
                <td className={`${parts.right} tab${now && now.usedShare > 1 ? ' loss' : ''}`}>
                  {formatRatio(now?.usedShare ?? Number(row.used_share)).replace(' %', '')}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

/** A number that may be tried; empty is the published one, shown in grey. */
function Field({
  label,
  published,
  value,
  onChange,
}: {
  label: string
  published: string
  value: number | undefined
  onChange: (text: string) => void
}) {
  const [text, setText] = useState(value === undefined ? '' : String(value))
  useEffect(() => {
    if (value === undefined) setText((before) => (Number(before.replaceAll(',', '')) > 0 ? '' : before))
  }, [value])
  return (
    <input
      className={`${classes.field} tab`}
      aria-label={label}
      placeholder={published}
      inputMode="decimal"
      value={text}
      data-tried={value !== undefined}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        onChange(currentTarget.value)
      }}
    />
  )
}

function Equations({
  rows,
  pools,
  tried,
  onTried,
  problems,
}: {
  rows: Row[]
  pools: Row[]
  tried: Tried
  onTried: Change
  problems: { file?: string | undefined; column?: number | string | undefined; message: string; hint?: string | undefined }[]
}) {
  const titles = useMemo(() => new Map(pools.map((row) => [String(row.pool_id), String(row.title)])), [pools])
  return (
    <div className={classes.equations}>
      {rows.map((row) => {
        const id = String(row.activity_id)
        const published = String(row.equation)
        const fixed = row.level === 'channel' || row.level === 'segment'
        const value = tried.activities[id]?.minutes ?? published
        const problem = problems.find(({ file }) => file === id)
        return (
          <div key={id} className={classes.equation}>
            <label htmlFor={`equation-${id}`} className={classes.equationTitle}>
              {String(row.title)}
              <span className={classes.equationNote}>
                {' '}
                {titles.get(String(row.pool_id))}, by {String(row.level)}, {formatCount(Number(row.events))} times
                {row.driven_by === 'events' ? ' (events)' : ''}
              </span>
            </label>
            <textarea
              id={`equation-${id}`}
              className={classes.equationText}
              rows={Math.min(4, Math.max(1, Math.ceil(value.length / 68)))}
              spellCheck={false}
              readOnly={fixed}
              data-tried={tried.activities[id] !== undefined}
              aria-invalid={problem !== undefined}
              {...(problem ? { 'aria-describedby': `equation-${id}-problem` } : {})}
              value={value}
              onChange={({ currentTarget }) => {
                const minutes = currentTarget.value
                onTried((before) => {
                  const { [id]: _, ...others } = before.activities
                  return minutes === published
                    ? { ...before, activities: others }
                    : { ...before, activities: { ...others, [id]: { minutes } } }
                })
              }}
            />
            {problem && (
              <div id={`equation-${id}-problem`} className={classes.problem}>
                {typeof problem.column === 'number' && <Caret text={value} column={problem.column} />}
                <div>{problem.message.replace(/^time equation, column (\d+): /, 'Character $1: ')}</div>
                {problem.hint && <div className="dim">{problem.hint}</div>}
              </div>
            )}
          </div>
        )
      })}
    </div>
  )
}

/** The place of an error, marked in the text around it. */
function Caret({ text, column }: { text: string; column: number }) {
  const from = Math.max(0, column - 32)
  const at = Math.min(column - 1, text.length)
  const word = /^(\w+|.)?/.exec(text.slice(at))?.[0] ?? ''
  return (
    <div className={classes.caret} aria-hidden="true">
      {from > 0 ? '…' : ''}
      {text.slice(from, at)}
      <mark className={classes.mark}>{word === '' ? ' ' : word}</mark>
      {text.slice(at + word.length, at + 40)}
    </div>
  )
}

function EffectPanel({
  portfolio,
  tried,
  result,
  failed,
  busy,
}: {
  portfolio: Portfolio
  tried: boolean
  result: ScenarioResult | undefined
  failed: string | undefined
  busy: boolean
}) {
  const { currency } = portfolio.workspace
  if (failed) return <p className="loss">{failed.replace(/^time equation, /, 'An equation does not read: ')}</p>
  if (!result) return <Bone height={240} />
  const money = (amount: string) => formatMoney(amount, currency, { compact: true })
  const rows: [string, string, string, boolean][] = [
    ['Profit after cost-to-serve', money(result.before.profit), money(result.after.profit), isNegative(result.after.profit)],
    ['Cost-to-serve', money(result.before.costToServe), money(result.after.costToServe), false],
    ['Unused capacity', money(result.before.unused), money(result.after.unused), isNegative(result.after.unused)],
    ['Customers that lose money', formatCount(result.before.losing), formatCount(result.after.losing), false],
  ]
  const movers = [...result.losses.slice(0, 5), ...result.gains.slice(0, 5)]
  return (
    <>
      <table className={parts.table}>
        <caption className={classes.caption}>
          {tried ? 'The scenario beside the published model' : 'The published model'}
          {busy && <span className="dim"> · working it out</span>}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Figure</span>
            </th>
            <th scope="col" className={parts.right}>
              Published
            </th>
            <th scope="col" className={parts.right}>
              Scenario
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, before, after, negative]) => (
            <tr key={title}>
              <th scope="row" className={classes.name}>
                {title}
              </th>
              <td className={`${parts.right} tab`}>{before}</td>
              <td className={`${parts.right} tab${negative ? ' loss' : ''}`}>{tried ? <strong>{after}</strong> : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {tried && (
        <p className={classes.turned}>
          {formatCount(result.turnedToLoss)} would fall into loss, {formatCount(result.turnedToProfit)} would rise out of it.
        </p>
      )}
      {tried && movers.length > 0 && (
        <table className={parts.table}>
          <caption className={classes.caption}>Who moves most</caption>
          <thead>
            <tr>
              <th scope="col">Customer</th>
              <th scope="col" className={parts.right}>
                Change <span className={parts.unit}>{currency}</span>
              </th>
              <th scope="col" className={parts.right}>
                Then <span className={parts.unit}>{currency}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {movers.map((mover) => (
              <tr key={mover.customer_id}>
                <th scope="row" className={classes.name}>
                  <Link to="/customers/$id" params={{ id: mover.customer_id }}>
                    {mover.name}
                  </Link>
                </th>
                <td className={`${parts.right} tab${isNegative(mover.change) ? ' loss' : ''}`}>
                  {formatMoney(mover.change, currency, { currencyDisplay: 'none', sign: true })}
                </td>
                <td className={`${parts.right} tab${isNegative(mover.after) ? ' loss' : ''}`}>
                  {formatMoney(mover.after, currency, { currencyDisplay: 'none' })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {result.warnings.length > 0 && (
        <ul className={classes.warnings}>
          {result.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  )
}
