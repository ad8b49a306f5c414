import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import { pricingSearch } from './pages/pricing/search.ts'
import { Bone, Failed, Loading } from './parts/States.tsx'
import {
  type CommonSearch,
  commonSearch,
  one,
  parseSearch,
  type RawSearch,
  stringifySearch,
  type TableSearch,
  tableSearch,
} from './parts/search.ts'
import { Shell } from './shell/Shell.tsx'

const withTable = (raw: RawSearch): CommonSearch & TableSearch => ({ ...commonSearch(raw), ...tableSearch(raw) })

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
  validateSearch: (raw: RawSearch): CommonSearch => commonSearch(raw),
  search: { middlewares: [retainSearchParams(['snapshot', 'compare'])] },
})

const portfolio = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/portfolio/PortfolioPage.tsx'), 'PortfolioPage'),
})

const customers = createRoute({
  getParentRoute: () => root,
  path: '/customers',
  validateSearch: (raw: RawSearch): CommonSearch & TableSearch & { view?: 'change' } => {
    const status = one(raw.status)
    const search = withTable(raw)
    // A link such as `?status=lost` becomes a filter of the table of changes.
    if (status)
      return { ...search, ...{ status: undefined }, view: 'change', where: [...new Set([...(search.where ?? []), `status:eq:${status}`])] }
    return one(raw.view) === 'change' ? { ...search, view: 'change' } : search
  },
  component: lazyRouteComponent(() => import('./pages/customers/CustomersPage.tsx'), 'CustomersPage'),
})

const customer = createRoute({
  getParentRoute: () => root,
  path: '/customers/$id',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/customer/CustomerPage.tsx'), 'CustomerPage'),
})

// A link that names the customer in the query, as the API does.
const customerById = createRoute({
  getParentRoute: () => root,
  path: '/customer',
  validateSearch: (raw: RawSearch) => ({ ...commonSearch(raw), id: one(raw.id) }),
  beforeLoad: ({ search }) => {
    throw search.id ? redirect({ to: '/customers/$id', params: { id: search.id } }) : redirect({ to: '/customers' })
  },
})

const value = createRoute({
  getParentRoute: () => root,
  path: '/value',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/value/ValuePage.tsx'), 'ValuePage'),
})

const pricing = createRoute({
  getParentRoute: () => root,
  path: '/pricing',
  validateSearch: pricingSearch,
  component: lazyRouteComponent(() => import('./pages/pricing/PricingPage.tsx'), 'PricingPage'),
})

const plan = createRoute({
  getParentRoute: () => root,
  path: '/plan',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/plan/PlanPage.tsx'), 'PlanPage'),
})

const risk = createRoute({
  getParentRoute: () => root,
  path: '/risk',
  component: lazyRouteComponent(() => import('./pages/risk/RiskPage.tsx'), 'RiskPage'),
})

const relationships = createRoute({
  getParentRoute: () => root,
  path: '/relationships',
  validateSearch: (raw: RawSearch): CommonSearch & TableSearch & { segment?: string } => ({
    ...withTable(raw),
    ...(one(raw.segment) ? { segment: one(raw.segment)! } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/relationships/RelationshipsPage.tsx'), 'RelationshipsPage'),
})

const costModel = createRoute({
  getParentRoute: () => root,
  path: '/cost-model',
  validateSearch: (raw: RawSearch): CommonSearch & { try?: string } => ({
    ...commonSearch(raw),
    ...(one(raw.try) ? { try: one(raw.try)! } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/cost-model/CostModelPage.tsx'), 'CostModelPage'),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: lazyRouteComponent(() => import('./pages/audit/AuditPage.tsx'), 'AuditPage'),
})

const acquisition = createRoute({
  getParentRoute: () => root,
  path: '/acquisition',
  validateSearch: (raw: RawSearch): CommonSearch & TableSearch & { by?: string } => ({
    ...withTable(raw),
    ...(one(raw.by) ? { by: one(raw.by)! } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/acquisition/AcquisitionPage.tsx'), 'AcquisitionPage'),
})

const cohorts = createRoute({
  getParentRoute: () => root,
  path: '/cohorts',
  validateSearch: (raw: RawSearch): CommonSearch & TableSearch & { grain?: string; show?: string } => ({
    ...withTable(raw),
    ...(one(raw.grain) ? { grain: one(raw.grain)! } : {}),
    ...(one(raw.show) ? { show: one(raw.show)! } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/cohorts/CohortsPage.tsx'), 'CohortsPage'),
})

const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/models/ModelsPage.tsx'), 'ModelsPage'),
})

const data = createRoute({
  getParentRoute: () => root,
  path: '/data',
  component: lazyRouteComponent(() => import('./pages/data/DataPage.tsx'), 'DataPage'),
})

const importStart = createRoute({
  getParentRoute: () => root,
  path: '/data/import',
  component: lazyRouteComponent(() => import('./pages/data/ImportPage.tsx'), 'ImportPage'),
})

const importStaged = createRoute({
  getParentRoute: () => root,
  path: '/data/import/$staged',
  component: lazyRouteComponent(() => import('./pages/data/StagedPage.tsx'), 'StagedPage'),
})

const snapshots = createRoute({
  getParentRoute: () => root,
  path: '/data/snapshots',
  component: lazyRouteComponent(() => import('./pages/data/SnapshotsPage.tsx'), 'SnapshotsPage'),
})

const checks = createRoute({
  getParentRoute: () => root,
  path: '/data/checks',
  component: lazyRouteComponent(() => import('./pages/data/ChecksPage.tsx'), 'ChecksPage'),
})

const tables = createRoute({
  getParentRoute: () => root,
  path: '/tables',
  component: lazyRouteComponent(() => import('./pages/tables/TablesPage.tsx'), 'TablesPage'),
})

const table = createRoute({
  getParentRoute: () => root,
  path: '/tables/$name',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/tables/TablePage.tsx'), 'TablePage'),
})

const profitability = createRoute({
  getParentRoute: () => root,
  path: '/profitability',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/profitability/ProfitabilityPage.tsx'), 'ProfitabilityPage'),
})

const worklist = createRoute({
  getParentRoute: () => root,
  path: '/worklist',
  validateSearch: withTable,
  component: lazyRouteComponent(() => import('./pages/worklist/WorklistPage.tsx'), 'WorklistPage'),
})

const glossary = createRoute({
  getParentRoute: () => root,
  path: '/glossary',
  validateSearch: (raw: RawSearch) => ({
    ...commonSearch(raw),
    ...(one(raw.q) ? { q: one(raw.q)! } : {}),
    ...(one(raw.term) ? { term: one(raw.term)! } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/glossary/GlossaryPage.tsx'), 'GlossaryPage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/SettingsPage.tsx'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    portfolio,
    customers,
    customer,
    customerById,
    value,
    pricing,
    relationships,
    costModel,
    plan,
    risk,
    audit,
    cohorts,
    acquisition,
    models,
    data,
    importStart,
    importStaged,
    snapshots,
    checks,
    tables,
    table,
    profitability,
    worklist,
    glossary,
    settings,
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingComponent: () => (
    <Loading>
      <Bone width="30%" />
      <Bone width="60%" height={28} gap={8} />
      <Bone height={88} gap={24} />
      <Bone height={320} gap={32} />
    </Loading>
  ),
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
