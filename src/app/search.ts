import { MissingError } from '../shared/errors.ts'
import { formatCount, formatCounted, formatMoney } from '../shared/format.ts'
import { findTerms } from './glossary.ts'
import { type OpenSnapshot, withSnapshot } from './open-snapshot.ts'
import { findCustomers, findProducts } from './search.sql.ts'
import type { Workspace } from './workspace.ts'

export interface SearchHit {
  kind: 'page' | 'customer' | 'product' | 'term' | 'table'
  id: string
  title: string
  detail: string
  /** A path of the web app. */
  link: string
}

/** Pages of the web app, with the words under which people look for them. */
const pages: { id: string; title: string; detail: string; link: string; words: string }[] = [
  {
    id: 'portfolio',
    title: 'Portfolio',
    detail: 'Key figures, whale curve, concentration, what changed',
    link: '/',
    words: 'home start overview dashboard whale curve concentration bridge movers figures findings',
  },
  {
    id: 'customers',
    title: 'Customers',
    detail: 'The table of all customers',
    link: '/customers',
    words: 'accounts table list ranking filter export',
  },
  {
    id: 'data',
    title: 'Data',
    detail: 'Imports, mapping, reconciliation, snapshots, checks',
    link: '/data',
    words: 'import upload file csv excel reconciliation checks snapshots compare undo recipes set aside',
  },
  {
    id: 'glossary',
    title: 'Glossary',
    detail: 'Every term with formula and limits',
    link: '/glossary',
    words: 'words terms definitions help meaning',
  },
  {
    id: 'tables',
    title: 'Tables',
    detail: 'Every table with its columns and rows, and how each is computed',
    link: '/tables',
    words: 'rows columns contract export csv parquet sql',
  },
  {
    id: 'settings',
    title: 'Settings',
    detail: 'Workspace, currency, doctor',
    link: '/settings',
    words: 'configuration doctor currency workspace theme version',
  },
]

const mostWords = 8

/** Pages, customers, products, tables and terms for words that somebody types, a few of each, the best first. */
export async function searchWorkspace(workspace: Workspace, text: string, limit = 20): Promise<SearchHit[]> {
  const whole = text.normalize('NFC').trim().replace(/\s+/g, ' ')
  if (whole === '') return []
  const words = whole.split(' ').slice(0, mostWords)
  const found = await withSnapshot(workspace, undefined, (open) => findInSnapshot(open, words, whole, limit)).catch((error) => {
    if (error instanceof MissingError && error.code === 'snapshot.none') return { customers: [], products: [], tables: [] }
    throw error
  })
  const terms: SearchHit[] = findTerms(whole, 5).map((term) => ({
    kind: 'term',
    id: term.id,
    title: term.term,
    detail: term.meaning.split('. ')[0].replace(/\.?$/, '.'),
    link: `/glossary?term=${term.id}`,
  }))
  const groups = [findPages(words), found.customers, found.products, terms, found.tables]
  return fairly(groups, limit)
}

async function findInSnapshot({ warehouse, tables, manifest }: OpenSnapshot, words: string[], whole: string, limit: number) {
  const money = (value: unknown) => formatMoney(String(value), manifest.currency)
  const [customers, products] = await Promise.all([
    tables.has('customer_profit') ? warehouse.rows(findCustomers(words, whole, limit)) : [],
    tables.has('product_profit') ? warehouse.rows(findProducts(words, whole, limit)) : [],
  ])
  return {
    customers: customers.map((row): SearchHit => {
      const id = String(row.customer_id)
      const rank = row.measure_rank === null ? '' : `rank ${formatCount(Number(row.measure_rank))}, `
      return {
        kind: 'customer',
        id,
        title: String(row.name),
        detail: `${id === row.name ? '' : `${id}, `}${rank}${money(row.net_revenue)} net revenue`,
        link: `/customers/${encodeURIComponent(id)}`,
      }
    }),
    products: products.map((row): SearchHit => {
      const id = String(row.product_id)
      const figure = `product_profit.net_revenue(product_id='${encodeURIComponent(id)})`
      return {
        kind: 'product',
        id,
        title: String(row.name),
        detail: `${id === row.name ? '' : `${id}, `}${money(row.net_revenue)} net revenue, ${formatCounted(Number(row.customers), 'customer')}`,
        link: `/tables/product_profit?explain=${encodeURIComponent(figure)}`,
      }
    }),
    tables: [...tables.values()]
      .filter(({ name, title }) => words.every((word) => `${name} ${title}`.toLowerCase().includes(word.toLowerCase())))
      .map(({ name, title, meaning }): SearchHit => ({ kind: 'table', id: name, title, detail: meaning, link: `/tables/${name}` })),
  }
}

function findPages(words: readonly string[]): SearchHit[] {
  return pages
    .filter((page) => words.every((word) => `${page.title} ${page.words}`.toLowerCase().includes(word.toLowerCase())))
    .map(({ words: _, ...page }) => ({ kind: 'page', ...page }))
}

/** A few of each group in turn until the limit, the groups then one behind the other. */
function fairly(groups: SearchHit[][], limit: number): SearchHit[] {
  const taken = groups.map(() => 0)
  for (let left = limit; left > 0; ) {
    const before = left
    for (const [g, group] of groups.entries()) {
      if (left > 0 && taken[g] < group.length) {
        taken[g]++
        left--
      }
    }
    if (left === before) break
  }
  return groups.flatMap((group, g) => group.slice(0, taken[g]))
}
