import { Button, Checkbox, Slider } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import { planAllocation } from '../../../src/charts/index.ts'
import { formatMoney } from '../../../src/shared/format.ts'
import { type Row, useTriedPlan } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Failed } from '../../parts/States.tsx'

const nameOf = (row: Row): string => `${row.lever} ${row.class}s${row.segment === '(all)' ? '' : `, ${row.segment}`}`

/** The best plan for another budget, with levers left out or held where the plan has them. */
export function WhatIf({ items, budget, currency, snapshot }: { items: Row[]; budget: number; currency: string; snapshot: string }) {
  const [percent, setPercent] = useState(100)
  const [exclude, setExclude] = useState<string[]>([])
  const [steady] = useDebouncedValue(percent, 120)
  const trial = useMemo(() => ({ budget: (budget * steady) / 100, hold: {}, exclude }), [budget, steady, exclude])
  const changed = steady !== 100 || exclude.length > 0
  const { data, error, refetch } = useTriedPlan(trial, snapshot)
  const money = (value: number): string => formatMoney(value.toFixed(4), currency)
  const chart = useMemo(() => {
    if (!data) return undefined
    const tried = new Map(data.items.map((item) => [item.id, item]))
    const rows = items.map((row) => {
      const item = tried.get(String(row.item_id))
      // The line under each bar is the published plan, to compare with.
      const before = Number(row.effort)
      return {
        ...row,
        effort: item?.effort ?? 0,
        effort_low: Math.min(before, item?.effort ?? 0),
        effort_high: Math.max(before, item?.effort ?? 0),
      }
    })
    const drawn = planAllocation(rows, { currency, measure: 'contribution' })
    return {
      ...drawn,
      name: 'plan-trial',
      subtitle: `Money of the coming period by lever, in ${currency}; lines lead to the recommended plan`,
      notes: [],
    }
  }, [data, items, currency])
  return (
    <div style={{ display: 'grid', gap: 24, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 300px), 1fr))' }}>
      <div>
        <div style={{ fontWeight: 600 }}>
          Budget: {money((budget * percent) / 100)} <span className="dim">({percent} % of the plan's)</span>
        </div>
        <Slider
          thumbLabel="Budget, percent of the plan's"
          value={percent}
          onChange={setPercent}
          min={0}
          max={300}
          step={5}
          label={(value) => `${value} %`}
          mt="xs"
          mb="lg"
        />
        <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
          <legend style={{ fontWeight: 600, padding: 0, marginBottom: 8 }}>Levers in the plan</legend>
          <div style={{ maxHeight: 260, overflowY: 'auto', display: 'grid', gap: 6 }}>
            {items.map((row) => (
              <Checkbox
                key={String(row.item_id)}
                size="sm"
                label={nameOf(row)}
                checked={!exclude.includes(String(row.item_id))}
                onChange={(event) => {
                  const id = String(row.item_id)
                  setExclude((before) => (event.currentTarget.checked ? before.filter((one) => one !== id) : [...before, id]))
                }}
              />
            ))}
          </div>
        </fieldset>
        {changed && (
          <Button
            mt="md"
            size="xs"
            variant="default"
            onClick={() => {
              setPercent(100)
              setExclude([])
            }}
          >
            Back to the recommended plan
          </Button>
        )}
      </div>
      <div aria-live="polite">
        {error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : data ? (
          <>
            <p style={{ marginTop: 0 }}>
              Worth <strong className="tab">{money(data.value)}</strong> for <span className="tab">{money(data.spent)}</span>, net of the
              money; one more {currency} of budget would bring <span className="tab">{data.nextUnit.toFixed(2)}</span> {currency}. At mean
              response: the band over the scenarios is that of the frontier above.
            </p>
            {chart && <Exhibit chart={chart} currency={currency} hideTitle />}
          </>
        ) : null}
      </div>
    </div>
  )
}
