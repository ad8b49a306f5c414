import { type Rect, useVirtualizer, type VirtualItem, type Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useMemo, useRef } from 'react'

export const rowHeight = 33
// Browsers give up on elements beyond some ten million pixels (Firefox at 17.8, Chromium at 33.5).
const tallest = 12_000_000

type Rows = Virtualizer<HTMLDivElement, HTMLTableRowElement>

/**
 * Which rows stand in view, for any number of them. Where all rows together would be taller than browsers can scroll, the scroll bar runs
 * over a shorter body and each of its pixels stands for several; rows keep their height and every one can be reached.
 */
export function useScaledRows(scroller: RefObject<HTMLDivElement | null>, count: number) {
  const height = count * rowHeight
  const body = Math.min(height, tallest)
  const heightNow = useRef(height)
  heightNow.current = height
  // How many pixels of rows one pixel of the scroll bar stands for: its whole way is the way from the first view to the last.
  const scaleOf = useCallback((element: HTMLElement): number => {
    const edge = (name: string): number => element.querySelector(name)?.clientHeight ?? 0
    const way = element.scrollHeight - element.clientHeight
    const view = element.clientHeight - edge('thead') - edge('tfoot')
    return heightNow.current <= tallest || way <= 0 ? 1 : (heightNow.current - view) / way
  }, [])

  const observeElementOffset = useCallback(
    (instance: Rows, tell: (offset: number, scrolling: boolean) => void) => {
      const element = instance.scrollElement
      if (!element) return
      let timer: ReturnType<typeof setTimeout> | undefined
      const on = (scrolling: boolean): void => tell(element.scrollTop * scaleOf(element), scrolling)
      const onScroll = (): void => {
        on(true)
        clearTimeout(timer)
        timer = setTimeout(() => on(false), 150)
      }
      on(false)
      element.addEventListener('scroll', onScroll, { passive: true })
      return () => {
        clearTimeout(timer)
        element.removeEventListener('scroll', onScroll)
      }
    },
    [scaleOf],
  )

  const virtual = useVirtualizer<HTMLDivElement, HTMLTableRowElement>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialRect: { width: 800, height: 480 } satisfies Rect,
    observeElementOffset,
    scrollToFn: (offset, _options, instance) => instance.scrollElement?.scrollTo({ top: offset / scaleOf(instance.scrollElement) }),
  })
  const items: VirtualItem[] = virtual.getVirtualItems()
  const start = items[0]?.start ?? 0
  const end = items.at(-1)?.end ?? 0
  // Where the rows stand in the shortened body: as far from the top of the view as they would be in the long one.
  const offset = virtual.scrollOffset ?? 0
  const scale = scroller.current ? scaleOf(scroller.current) : 1
  const before = Math.max(0, Math.min(offset / scale + (start - offset), body - (end - start)))
  const after = Math.max(0, body - before - (end - start))

  const show = useCallback(
    (index: number) => {
      const element = scroller.current
      if (!element) return
      const foot = element.querySelector('tfoot')?.clientHeight ?? 0
      const head = element.querySelector('thead')?.clientHeight ?? 0
      const view = element.clientHeight - head - foot
      const scale = scaleOf(element)
      const at = element.scrollTop * scale
      const top = index * rowHeight
      if (top < at) element.scrollTop = top / scale
      else if (top + rowHeight > at + view) element.scrollTop = Math.ceil((top + rowHeight - view) / scale)
    },
    [scroller, scaleOf],
  )
  return useMemo(() => ({ items, before, after, show }), [items, before, after, show])
}
