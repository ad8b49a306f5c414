import { useQuery } from '@tanstack/react-query'
import { type PointerEvent, useMemo, useRef, useState } from 'react'
import { type Drawing, servingPlane } from '../../../src/charts/index.ts'
import { formatRatio } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import brush from '../../parts/brush.module.css'
import { Exhibit } from '../../parts/Exhibit.tsx'
import parts from '../../parts/parts.module.css'
import { Bone } from '../../parts/States.tsx'
import { parseFilter, printFilter, type TableSearch } from '../../parts/search.ts'
import { chartContext } from '../portfolio/measure.ts'
import own from './profitability.module.css'

const drawn = 'customer_id,name,identified,type,net_revenue,customer_profit,cost_share,margin_share'
const axes = ['cost_share', 'margin_share'] as const

interface Box {
  cost: [number, number]
  margin: [number, number]
}

/** The plane, large. A part of it picked by mouse or by numbers filters the table below; what is picked stands in the address. */
export function PlaneExhibit({
  portfolio,
  search,
  onSearch,
}: {
  portfolio: Portfolio
  search: TableSearch
  onSearch: (change: Partial<TableSearch>, replace?: boolean) => void
}) {
  const snapshot = portfolio.snapshot.id
  const filters = JSON.stringify([{ column: 'identified', op: 'eq', value: true }])
  const largest = useQuery(
    tablePageOptions('customer_serving', { snapshot, filters, sort: '-net_revenue', columns: drawn }, 0, 2000, false),
  ).data
  const types = useQuery(tablePageOptions('serving_type', { snapshot, sort: 'position' }, 0, 10, false)).data
  const context = useMemo(() => chartContext(portfolio), [portfolio])
  const chart = useMemo(
    () => (largest ? servingPlane({ customers: largest.rows, total: largest.total, types: types?.rows }, context) : null),
    [largest, types, context],
  )
  const picked = boxOf(search.where)
  const pick = (box: Box | null) => {
    const others = (search.where ?? []).filter((text) => !axes.some((axis) => text.startsWith(`${axis}:`)))
    const between = (column: string, [low, high]: [number, number]) => [
      printFilter({ column, op: 'ge', value: low.toFixed(4) }),
      printFilter({ column, op: 'le', value: high.toFixed(4) }),
    ]
    onSearch({ where: box ? [...others, ...between('cost_share', box.cost), ...between('margin_share', box.margin)] : others }, true)
  }
  if (!chart) return <Bone height={420} gap={32} />
  const percent = (value: number) => formatRatio(value, { digits: 1 })
  return (
    <div style={{ marginTop: 32 }}>
      <Exhibit
        chart={chart}
        currency={portfolio.workspace.currency}
        heading="h2"
        overlay={(drawing, size) => <PlaneBrush drawing={drawing} size={size} picked={picked} onPick={pick} />}
      />
      {!chart.empty && (
        <div className={`${own.pick} no-print`}>
          <form
            key={JSON.stringify(picked)}
            className={own.numbers}
            onSubmit={(event) => {
              event.preventDefault()
              const form = new FormData(event.currentTarget)
              const number = (name: string, otherwise: number) => {
                const text = String(form.get(name) ?? '')
                  .replace(',', '.')
                  .replace('%', '')
                  .trim()
                return text === '' || !Number.isFinite(Number(text)) ? otherwise : Number(text) / 100
              }
              pick({ cost: [number('c1', 0), number('c2', 10)], margin: [number('m1', -10), number('m2', 1)] })
            }}
          >
            <span>Cost-to-serve</span>
            <Percent name="c1" label="Cost-to-serve from, per cent" value={picked?.cost[0]} />
            <span>to</span>
            <Percent name="c2" label="Cost-to-serve to, per cent" value={picked?.cost[1]} />
            <span>%, margin</span>
            <Percent name="m1" label="Margin from, per cent" value={picked?.margin[0]} />
            <span>to</span>
            <Percent name="m2" label="Margin to, per cent" value={picked?.margin[1]} />
            <span>%</span>
            <button type="submit" className={parts.link}>
              Pick
            </button>
          </form>
          <button type="button" className={parts.link} onClick={() => onSearch({ where: ['customer_profit:lt:0'] })}>
            Loss makers
          </button>
          <button type="button" className={parts.link} onClick={() => onSearch({ where: ['type:eq:aggressive'] })}>
            Aggressive
          </button>
          {picked ? (
            <button type="button" className={parts.link} onClick={() => pick(null)}>
              All
            </button>
          ) : null}
          <span className={own.said} aria-live="polite">
            {picked ? (
              `Picked: cost-to-serve ${percent(picked.cost[0])} to ${percent(picked.cost[1])}, margin ${percent(picked.margin[0])} to ${percent(picked.margin[1])}.`
            ) : (
              <span className="dim">Drag over the plane to pick customers; the table below follows.</span>
            )}
          </span>
        </div>
      )}
    </div>
  )
}

function Percent({ name, label, value }: { name: string; label: string; value: number | undefined }) {
  return (
    <input
      name={name}
      aria-label={label}
      inputMode="decimal"
      size={5}
      defaultValue={value === undefined || Math.abs(value) >= 10 ? '' : (100 * value).toFixed(1)}
    />
  )
}

function boxOf(where: string[] | undefined): Box | null {
  const bound = (column: string, op: string): number | null => {
    const found = (where ?? []).map(parseFilter).find((filter) => filter?.column === column && filter.op === op)
    const value = Number(found?.value)
    return found && Number.isFinite(value) ? value : null
  }
  const [c1, c2, m1, m2] = [bound('cost_share', 'ge'), bound('cost_share', 'le'), bound('margin_share', 'ge'), bound('margin_share', 'le')]
  if (c1 === null && c2 === null && m1 === null && m2 === null) return null
  return { cost: [c1 ?? 0, c2 ?? 10], margin: [m1 ?? -10, m2 ?? 1] }
}

/** A rectangle drawn over the plane; the numbers below do the same by keyboard. */
function PlaneBrush({
  drawing,
  size,
  picked,
  onPick,
}: {
  drawing: Drawing
  size: { width: number; height: number }
  picked: Box | null
  onPick: (box: Box | null) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<{ x1: number; y1: number; x2: number; y2: number } | null>(null)
  const [xs, ys] = [drawing.scale('x'), drawing.scale('y')]
  if (!xs?.apply || !xs.invert || !ys?.apply || !ys.invert) return null
  const [left, right] = xs.range as [number, number]
  const [bottom, top] = ys.range as [number, number]
  const within = (value: number, a: number, b: number) => Math.min(Math.max(a, b), Math.max(Math.min(a, b), value))
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const { left: x, top: y } = box.current!.getBoundingClientRect()
    return { x: within(event.clientX - x, left, right), y: within(event.clientY - y, bottom, top) }
  }
  const up = (): void => {
    if (drag && Math.abs(drag.x2 - drag.x1) > 6 && Math.abs(drag.y2 - drag.y1) > 6) {
      const x = [drag.x1, drag.x2].sort((a, b) => a - b)
      const y = [drag.y1, drag.y2].sort((a, b) => a - b)
      // At the edge stand those beyond the axes too.
      const cost: [number, number] = [Number(xs.invert!(x[0]!)), x[1]! >= right - 2 ? 10 : Number(xs.invert!(x[1]!))]
      const margin: [number, number] = [
        y[1]! >= bottom - 2 ? -10 : Number(ys.invert!(y[1]!)),
        y[0]! <= top + 2 ? 1 : Number(ys.invert!(y[0]!)),
      ]
      onPick({ cost, margin })
    } else if (drag && picked) onPick(null)
    setDrag(null)
  }
  const shown = drag ?? (picked ? toPixels(picked) : null)
  function toPixels({ cost, margin }: Box) {
    const x = (value: number) => within(Number(xs!.apply(value)), left, right)
    const y = (value: number) => within(Number(ys!.apply(value)), bottom, top)
    return { x1: x(cost[0]), x2: x(cost[1]), y1: y(margin[1]), y2: y(margin[0]) }
  }
  return (
    <div
      ref={box}
      className={`${brush.box} no-print`}
      style={{ width: size.width, height: size.height, cursor: 'crosshair' }}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const { x, y } = at(event)
        setDrag({ x1: x, y1: y, x2: x, y2: y })
      }}
      onPointerMove={(event) => {
        if (!drag) return
        const { x, y } = at(event)
        setDrag({ ...drag, x2: x, y2: y })
      }}
      onPointerUp={up}
      onPointerCancel={() => setDrag(null)}
    >
      {shown && (
        <div
          className={own.box}
          style={{
            left: Math.min(shown.x1, shown.x2),
            top: Math.min(shown.y1, shown.y2),
            width: Math.abs(shown.x2 - shown.x1),
            height: Math.abs(shown.y2 - shown.y1),
          }}
        />
      )}
    </div>
  )
}
