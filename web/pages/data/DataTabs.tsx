import { Link } from '@tanstack/react-router'
import classes from './data.module.css'

const tabs = [
  { to: '/data', title: 'Imports' },
  { to: '/data/checks', title: 'Checks and what is missing' },
  { to: '/data/snapshots', title: 'Snapshots' },
  { to: '/tables', title: 'Tables' },
] as const

export function DataTabs() {
  return (
    <nav aria-label="Data" className={`${classes.tabs} no-print`}>
      {tabs.map((tab) => (
        <Link key={tab.to} to={tab.to} className={classes.tab} activeOptions={{ exact: true, includeSearch: false }}>
          {tab.title}
        </Link>
      ))}
    </nav>
  )
}
