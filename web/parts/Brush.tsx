import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import type { Drawing } from '../../src/charts/index.ts'
import { formatCount } from '../../src/shared/format.ts'
import classes from './brush.module.css'

/**
 * A range picked over a chart whose x axis is the share of customers: by dragging, by its two handles with the arrow keys, cleared with Esc.
 * It snaps to ranks that the curve has, so that what is drawn and what is picked are the same.
 */
export function Brush({
  drawing,
  size,
  count,
  ranks,
  from,
  to,
  picked,
  onPick,
  onClear,
}: {
  drawing: Drawing
  size: { width: number; height: number }
  count: number
  ranks: number[]
  from: number
  to: number
  picked: boolean
  onPick: (from: number, to: number) => void
  onClear: () => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<{ start: number; now: number } | null>(null)
  const scale = drawing.scale('x')
  if (!scale?.apply || !scale.range) return null
  const [left, right] = scale.range as [number, number]
  const x = (share: number): number => scale.apply(share) as number
  const toShare = (clientX: number): number => {
    const at = clientX - box.current!.getBoundingClientRect().left
    return Math.max(0, Math.min(1, (at - left) / (right - left)))
  }
  const snap = (rank: number): number => {
    const next = ranks.find((r) => r >= rank)
    return Math.max(1, Math.min(count, next ?? count))
  }
  const bounds = (a: number, b: number): [number, number] => {
    const low = Math.min(a, b)
    const high = Math.max(a, b)
    return [Math.max(1, snap(Math.floor(low * count) + 1)), Math.max(1, snap(Math.ceil(high * count)))]
  }
  const [first, last] = drag ? bounds(drag.start, drag.now) : [from, to]
  const x1 = x((first - 1) / count)
  const x2 = x(last / count)

  const down = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0 || (event.target as HTMLElement).getAttribute('role') === 'slider') return
    event.currentTarget.setPointerCapture(event.pointerId)
    const at = toShare(event.clientX)
    setDrag({ start: at, now: at })
  }
  const moveDrag = (event: PointerEvent): void => setDrag((before) => before && { ...before, now: toShare(event.clientX) })
  const up = (): void => {
    if (drag && Math.abs(drag.now - drag.start) * (right - left) > 4) onPick(...bounds(drag.start, drag.now))
    else if (drag && picked) onClear()
    setDrag(null)
  }
  const grab = (end: 'from' | 'to') => (event: PointerEvent<HTMLDivElement>) => {
    event.stopPropagation()
    box.current!.setPointerCapture(event.pointerId)
    setDrag({ start: end === 'from' ? to / count : (from - 1) / count, now: toShare(event.clientX) })
  }
  const key = (end: 'from' | 'to') => (event: KeyboardEvent) => {
    const big = Math.max(1, Math.round(count / 20))
    const step: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -big,
      PageUp: big,
      Home: -count,
      End: count,
    }
    if (event.key === 'Escape' && picked) {
      event.stopPropagation()
      onClear()
      return
    }
    const change = step[event.key]
    if (change === undefined) return
    event.preventDefault()
    const by = event.shiftKey ? Math.sign(change) * Math.max(Math.abs(change), Math.round(count / 100)) : change
    if (end === 'from') onPick(Math.max(1, Math.min(to, from + by)), to)
    else onPick(from, Math.max(from, Math.min(count, to + by)))
  }
  const handle = (end: 'from' | 'to') => {
    const rank = end === 'from' ? first : last
    return (
      <div
        role="slider"
        tabIndex={0}
        aria-label={end === 'from' ? 'First customer picked, by rank' : 'Last customer picked, by rank'}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={count}
        aria-valuenow={rank}
        aria-valuetext={`rank ${formatCount(rank)} of ${formatCount(count)}`}
        className={classes.handle}
        style={{ left: (end === 'from' ? x1 : x2) - 12, top: size.height - 58 }}
        onPointerDown={grab(end)}
        onKeyDown={key(end)}
      >
        <span />
      </div>
    )
  }
  const show = picked || drag !== null
  return (
    <div
      ref={box}
      className={`${classes.box} no-print`}
      style={{ width: size.width, height: size.height }}
      onPointerDown={down}
      onPointerMove={drag ? moveDrag : undefined}
      onPointerUp={up}
      onPointerCancel={() => setDrag(null)}
    >
      {show && (
        <>
          <div className={classes.out} style={{ left, width: Math.max(0, x1 - left) }} />
          <div className={classes.out} style={{ left: x2, width: Math.max(0, right - x2) }} />
          <div className={classes.edge} style={{ left: x1 }} />
          <div className={classes.edge} style={{ left: x2 }} />
        </>
      )}
      {handle('from')}
      {handle('to')}
    </div>
  )
}
