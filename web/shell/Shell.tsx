import { Drawer, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { formatDate, formatMoment } from '../../src/shared/format.ts'
import { useSnapshots, useWorkspace } from '../parts/api.ts'
import { ExplainDrawer } from '../parts/ExplainDrawer.tsx'
import { DownIcon, HelpIcon, Mark, MenuIcon, MoonIcon, ScreenIcon, SearchIcon, SunIcon } from '../parts/icons.tsx'
import { useKeys } from '../parts/keys.ts'
import { useCommon } from '../parts/useCommon.ts'
import { BusyMark } from './BusyMark.tsx'
import { CommandPalette } from './CommandPalette.tsx'
import { KeyboardHelp } from './KeyboardHelp.tsx'
import { Rail } from './Rail.tsx'
import { RunNotice } from './RunNotice.tsx'
import classes from './shell.module.css'

const themes = { light: 'Light', dark: 'Dark', auto: 'As the system' } as const

/** What stands around every page: rail, top bar, palette, help and the explanation of figures. */
export function Shell() {
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const [rail, setRail] = useState(false)
  const main = useRef<HTMLElement>(null)
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })

  useKeys(
    {
      'mod+k': () => setPalette((open) => !open),
      '/': () => setPalette(true),
      '?': () => setHelp(true),
      'g p': () => void navigate({ to: '/' }),
      'g c': () => void navigate({ to: '/customers' }),
      'g d': () => void navigate({ to: '/data' }),
      'g w': () => void navigate({ to: '/glossary' }),
    },
    { inDialogs: palette },
  )

  // A new page starts at its top and tells screen readers so; the first page keeps the browser's own focus.
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [path])

  return (
    <div className={classes.frame}>
      <BusyMark />
      {/* biome-ignore lint/a11y/useValidAnchor: a link to the content, which also takes the focus there */}
      <a
        className={classes.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        Skip to content
      </a>
      <header className={classes.top}>
        <button type="button" className={`${classes.icon} ${classes.menuButton}`} aria-label="Places" onClick={() => setRail(true)}>
          <MenuIcon />
        </button>
        <Link to="/" className={classes.brand} aria-label="Clientele: portfolio">
          <Mark />
          <span className={classes.brandName}>Clientele</span>
        </Link>
        <Facts />
        <div className={classes.gap} />
        <button type="button" className={classes.search} onClick={() => setPalette(true)} aria-keyshortcuts="Control+K Meta+K">
          <SearchIcon />
          <span>Search and commands</span>
          <kbd>Ctrl K</kbd>
        </button>
        <HelpMenu onKeys={() => setHelp(true)} />
        <ThemeMenu />
      </header>
      <aside className={classes.rail}>
        <Rail />
      </aside>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <RunNotice />
        <Outlet />
      </main>
      <Drawer
        opened={rail}
        onClose={() => setRail(false)}
        size={260}
        title="Places"
        attributes={{ header: { role: 'presentation' } }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Rail onGo={() => setRail(false)} />
      </Drawer>
      <ExplainDrawer />
      <CommandPalette opened={palette} onClose={() => setPalette(false)} onKeys={() => setHelp(true)} />
      <KeyboardHelp opened={help} onClose={() => setHelp(false)} />
    </div>
  )
}

function Facts() {
  const workspace = useWorkspace().data
  const snapshots = useSnapshots().data?.snapshots ?? []
  const { snapshot, compare, set } = useCommon()
  const current = snapshots.find((s) => s.current)
  const shown = snapshot ? (snapshots.find((s) => s.id === snapshot) ?? null) : (current ?? workspace?.snapshot ?? null)
  const other = snapshots.find((s) => s.id === compare)
  return (
    <div className={classes.facts}>
      <span className={`${classes.workspace} ${classes.narrowHide}`}>{workspace?.name ?? ''}</span>
      {shown && (
        <Menu shadow="md" position="bottom-start" width={300}>
          <Menu.Target>
            <button type="button" className={classes.fact} aria-label={`As of ${formatDate(shown.asOf)}: choose a snapshot`}>
              <span className={classes.narrowHide}>as of</span> <b className="tab">{formatDate(shown.asOf)}</b>
              <DownIcon size={12} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Show snapshot</Menu.Label>
            {snapshots.slice(0, 12).map((one) => (
              <Menu.Item
                key={one.id}
                onClick={() => set({ snapshot: one.current ? undefined : one.id })}
                rightSection={
                  one.id === shown.id ? (
                    <span className="small">shown</span>
                  ) : one.current ? (
                    <span className="small dim">published</span>
                  ) : null
                }
              >
                <span className="tab">as of {formatDate(one.asOf)}</span>
                <br />
                <span className="small dim tab">made {formatMoment(one.createdAt)}</span>
              </Menu.Item>
            ))}
            {snapshots.length > 1 && (
              <>
                <Menu.Divider />
                <Menu.Item onClick={() => void set({}, '/data/snapshots')}>All snapshots, compare two</Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {shown && snapshots.length > 1 && (
        <Menu shadow="md" position="bottom-start" width={300}>
          <Menu.Target>
            <button type="button" className={`${classes.fact} ${classes.optional}`}>
              {other ? (
                <>
                  compared with <b className="tab">{formatDate(other.asOf)}</b>
                </>
              ) : (
                'compare with'
              )}
              <DownIcon size={12} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Measure changes against</Menu.Label>
            {other && <Menu.Item onClick={() => set({ compare: undefined })}>Nothing</Menu.Item>}
            {snapshots
              .filter((one) => one.id !== shown.id)
              .slice(0, 12)
              .map((one) => (
                <Menu.Item key={one.id} onClick={() => set({ compare: one.id })}>
                  <span className="tab">as of {formatDate(one.asOf)}</span>
                  <br />
                  <span className="small dim tab">made {formatMoment(one.createdAt)}</span>
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {workspace && (
        <Tooltip label="Reporting currency: other currencies are converted at the rate of the order date.">
          <span className={`${classes.fact} ${classes.narrowHide}`}>{workspace.currency}</span>
        </Tooltip>
      )}
    </div>
  )
}

function HelpMenu({ onKeys }: { onKeys: () => void }) {
  const navigate = useNavigate()
  return (
    <Menu shadow="md" position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={classes.icon} aria-label="Help">
          <HelpIcon />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onKeys} rightSection={<kbd>?</kbd>}>
          Keyboard
        </Menu.Item>
        <Menu.Item onClick={() => void navigate({ to: '/glossary' })}>Glossary</Menu.Item>
        <Menu.Item onClick={() => void navigate({ to: '/settings' })}>About and settings</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = { light: SunIcon, dark: MoonIcon, auto: ScreenIcon }[colorScheme]
  return (
    <Menu shadow="md" position="bottom-end" width={180}>
      <Menu.Target>
        <button type="button" className={classes.icon} aria-label={`Theme: ${themes[colorScheme].toLowerCase()}`}>
          <Icon />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        {(Object.keys(themes) as (keyof typeof themes)[]).map((name) => (
          <Menu.Item
            key={name}
            onClick={() => setColorScheme(name)}
            rightSection={colorScheme === name ? <span className="small">chosen</span> : null}
          >
            {themes[name]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
