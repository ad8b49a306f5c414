import type { WaterfallQuestion } from '../../parts/api.ts'
import { type CommonSearch, commonSearch, one, type RawSearch, type TableSearch, tableSearch } from '../../parts/search.ts'

/** What the Pricing page shows: whose waterfall, against whose, and the views below it. */
export interface PricingSearch extends CommonSearch, TableSearch {
  /** `all`, `segment:key`, `customer:C001`, with `@previous` or `@current` behind it. */
  show?: string
  against?: string
  view?: PricingView
  /** The worksheet of economic value, as JSON. */
  evc?: string
}

export const views = ['waterfall', 'discounts', 'index', 'radar', 'worth'] as const
export type PricingView = (typeof views)[number]

export function pricingSearch(raw: RawSearch): PricingSearch {
  const [show, against] = [one(raw.show), one(raw.against)]
  const view = views.find((name) => name === one(raw.view))
  return {
    ...commonSearch(raw),
    ...tableSearch(raw),
    ...(show && parseWhose(show) ? { show } : {}),
    ...(against && parseWhose(against) ? { against } : {}),
    ...(view && view !== 'waterfall' ? { view } : {}),
    ...(one(raw.evc) ? { evc: one(raw.evc)! } : {}),
  }
}

/** `segment:key@current` as a question; undefined where it is none. */
export function parseWhose(text: string): WaterfallQuestion | undefined {
  const [, scope, key = '', span = 'whole'] = /^(all|segment|customer)(?::(.+?))?(?:@(whole|previous|current))?$/s.exec(text) ?? []
  if (!scope || (scope !== 'all' && key === '')) return undefined
  return { scope: scope as WaterfallQuestion['scope'], key: scope === 'all' ? 'all' : key, span: span as WaterfallQuestion['span'] }
}

export const printWhose = ({ scope, key, span }: WaterfallQuestion): string =>
  `${scope}${scope === 'all' ? '' : `:${key}`}${span === 'whole' ? '' : `@${span}`}`
