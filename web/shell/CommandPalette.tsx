import { Modal, useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useId, useMemo, useState } from 'react'
import { reportUrl, useSearch, useStartRun, workbookUrl } from '../parts/api.ts'
import { useCommon } from '../parts/useCommon.ts'
import classes from './shell.module.css'

interface Command {
  id: string
  group: string
  title: string
  hint?: string
  words?: string
  run: () => void
}

const kinds = { page: 'Pages', customer: 'Customers', product: 'Products', term: 'Glossary', table: 'Tables' } as const

/** One field for everything: places, customers, products, terms and what can be done. */
export function CommandPalette({ opened, onClose, onKeys }: { opened: boolean; onClose: () => void; onKeys: () => void }) {
  const [text, setText] = useState('')
  const [selected, setSelected] = useState(0)
  const [asked] = useDebouncedValue(text.trim(), 120)
  const found = useSearch(opened ? asked : '')
  const navigate = useNavigate()
  const router = useRouter()
  const { snapshot } = useCommon()
  const { setColorScheme } = useMantineColorScheme()
  const start = useStartRun()
  const id = useId()

  useEffect(() => {
    if (opened) setText('')
  }, [opened])

  const commands = useMemo<Command[]>(
    () => [
      { id: 'portfolio', group: 'Go to', title: 'Portfolio', hint: 'g p', run: () => void navigate({ to: '/' }) },
      { id: 'customers', group: 'Go to', title: 'Customers', hint: 'g c', run: () => void navigate({ to: '/customers' }) },
      { id: 'data', group: 'Go to', title: 'Data', hint: 'g d', run: () => void navigate({ to: '/data' }) },
      {
        id: 'snapshots',
        group: 'Go to',
        title: 'Snapshots',
        words: 'compare versions history',
        run: () => void navigate({ to: '/data/snapshots' }),
      },
      {
        id: 'checks',
        group: 'Go to',
        title: 'Checks and what is missing',
        words: 'quality reconciliation unlock',
        run: () => void navigate({ to: '/data/checks' }),
      },
      {
        id: 'glossary',
        group: 'Go to',
        title: 'Glossary',
        hint: 'g w',
        words: 'terms words help',
        run: () => void navigate({ to: '/glossary' }),
      },
      {
        id: 'settings',
        group: 'Go to',
        title: 'Settings and about',
        words: 'version theme',
        run: () => void navigate({ to: '/settings' }),
      },
      {
        id: 'import',
        group: 'Do',
        title: 'Import files',
        words: 'upload load add data csv excel',
        run: () => void navigate({ to: '/data/import' }),
      },
      {
        id: 'run',
        group: 'Do',
        title: 'Compute the portfolio',
        words: 'run recompute refresh snapshot',
        run: () => start.mutate(undefined, { onSuccess: () => void navigate({ to: '/data' }) }),
      },
      {
        id: 'report',
        group: 'Do',
        title: 'Open the report',
        words: 'print pdf html',
        run: () => window.open(reportUrl(snapshot), '_blank', 'noopener'),
      },
      {
        id: 'workbook',
        group: 'Do',
        title: 'Download the workbook',
        words: 'excel xlsx',
        run: () => window.location.assign(workbookUrl(snapshot)),
      },
      { id: 'print', group: 'Do', title: 'Print this page', words: 'pdf paper', run: () => setTimeout(() => window.print(), 250) },
      { id: 'light', group: 'Do', title: 'Theme: light', run: () => setColorScheme('light') },
      { id: 'dark', group: 'Do', title: 'Theme: dark', words: 'night', run: () => setColorScheme('dark') },
      { id: 'auto', group: 'Do', title: 'Theme: as the system', run: () => setColorScheme('auto') },
      { id: 'keys', group: 'Do', title: 'Show the keys', hint: '?', words: 'keyboard shortcuts help', run: onKeys },
    ],
    [navigate, onKeys, setColorScheme, snapshot, start],
  )

  const items = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    const own = commands.filter((c) => words.every((w) => `${c.title} ${c.words ?? ''}`.toLowerCase().includes(w)))
    const hits: Command[] = (text.trim() === '' ? [] : (found.data?.hits ?? []))
      .filter((hit) => hit.kind !== 'page')
      .map((hit) => ({
        id: `${hit.kind}-${hit.id}`,
        group: kinds[hit.kind],
        title: hit.title,
        hint: hit.detail,
        run: () => router.history.push(hit.link),
      }))
    return [...hits.filter((h) => h.group === 'Customers'), ...own, ...hits.filter((h) => h.group !== 'Customers')]
  }, [commands, found.data, router, text])

  // biome-ignore lint/correctness/useExhaustiveDependencies: typing starts the choice anew
  useEffect(() => setSelected(0), [text])
  const at = Math.min(selected, items.length - 1)
  const choose = (item: Command | undefined): void => {
    if (!item) return
    onClose()
    item.run()
  }

  return (
    <Modal.Root opened={opened} onClose={onClose} size={620} yOffset="12vh">
      <Modal.Overlay backgroundOpacity={0.25} />
      <Modal.Content aria-label="Search and commands">
        <Modal.Body p={0} className={classes.palette}>
          <input
            className={classes.paletteInput}
            placeholder="Customer, product, term or command"
            aria-label="Search and commands"
            role="combobox"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={items[at] ? `${id}-${at}` : undefined}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
              if (step && items.length > 0) {
                event.preventDefault()
                const next = (at + step + items.length) % items.length
                setSelected(next)
                document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
              } else if (event.key === 'Enter') {
                event.preventDefault()
                choose(items[at])
              }
            }}
          />
          <div className="visually-hidden" aria-live="polite">
            {text === '' ? '' : `${items.length} results`}
          </div>
          {items.length === 0 ? (
            <p className={classes.paletteEmpty}>
              {found.isFetching ? 'Searching …' : `Nothing is called “${text.trim()}”. Try a customer id, a product or a term.`}
            </p>
          ) : (
            <div id={`${id}-list`} role="listbox" aria-label="Results" className={classes.paletteList}>
              {items.map((item, index) => (
                <div key={item.id} role="presentation">
                  {items[index - 1]?.group !== item.group && (
                    <div role="presentation" className={classes.paletteGroup}>
                      {item.group}
                    </div>
                  )}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: the field above keeps the focus and names the option */}
                  {/* biome-ignore lint/a11y/useKeyWithClickEvents: arrows and Enter act in the field above */}
                  <div
                    id={`${id}-${index}`}
                    role="option"
                    aria-selected={index === at}
                    data-selected={index === at}
                    className={classes.paletteItem}
                    onMouseMove={() => setSelected(index)}
                    onClick={() => choose(item)}
                  >
                    <span>{item.title}</span>
                    {item.hint && <span className={classes.paletteHint}>{item.hint}</span>}
                  </div>
                </div>
              ))}
            </div>
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
