import { useEffect, useRef } from 'react'

/** Keys and what they do: `{ '?': openHelp, 'g p': goToPortfolio, 'mod+k': openPalette }`. Single keys stay silent while somebody types. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.tagName === 'TEXTAREA' ||
    target.tagName === 'SELECT' ||
    (target.tagName === 'INPUT' && !['checkbox', 'radio', 'button', 'range', 'file'].includes((target as HTMLInputElement).type)))

const modalOpen = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') !== null

/** Keys that one of our own listeners took: others may act on them too, such as every chart on `t`. */
const ours = new WeakSet<Event>()

export function useKeys(keys: KeyMap, options: { inDialogs?: boolean } = {}): void {
  const latest = useRef(keys)
  latest.current = keys
  const { inDialogs } = options
  useEffect(() => {
    let first = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent): void => {
      if ((event.defaultPrevented && !ours.has(event)) || event.altKey || event.isComposing) return
      const mod = event.ctrlKey || event.metaKey
      if (!mod && (typing(event.target) || (!inDialogs && modalOpen()))) return
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      const name = mod ? `mod+${key}` : key
      const action = (first !== '' ? latest.current[`${first} ${name}`] : undefined) ?? latest.current[name]
      clearTimeout(timer)
      const opens = first === '' && Object.keys(latest.current).some((k) => k.startsWith(`${name} `))
      first = opens && !action ? name : ''
      if (first !== '') timer = setTimeout(() => (first = ''), 1200)
      if (!action) return
      event.preventDefault()
      ours.add(event)
      action(event)
    }
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      clearTimeout(timer)
    }
  }, [inDialogs])
}

/** What the keyboard help lists. */
export const keyList: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'This list'],
      ['Ctrl K', 'Search and commands (⌘ K on a Mac)'],
      ['/', 'Search'],
      ['g p', 'Go to Portfolio'],
      ['g c', 'Go to Customers'],
      ['g d', 'Go to Data'],
      ['g w', 'Go to the glossary'],
      ['Esc', 'Close what is open'],
    ],
  },
  {
    title: 'Tables',
    keys: [
      ['j', 'Next row'],
      ['k', 'Row before'],
      ['Enter', 'Open the row'],
      ['x', 'Explain the figures of the row'],
      ['f', 'Search in the table'],
      ['e', 'Export'],
    ],
  },
  {
    title: 'Charts',
    keys: [
      ['t', 'Charts as tables, and back'],
      ['← →', 'Move an end of the selection on the whale curve'],
      ['Esc', 'Clear the selection'],
    ],
  },
]
