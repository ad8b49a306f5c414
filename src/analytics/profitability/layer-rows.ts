import { ratioOf, subtractDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'
import { totalOf } from './control-totals.ts'
import type { Portfolio, Totals } from './layers.ts'

type LayerName = Exclude<keyof Totals, 'lines'>

const layers: { layer: LayerName; title: string; role: 'level' | 'step' }[] = [
  { layer: 'list_revenue', title: 'List revenue', role: 'level' },
  { layer: 'discounts', title: 'Discounts', role: 'step' },
  { layer: 'invoiced_revenue', title: 'Invoiced revenue', role: 'level' },
  { layer: 'returns', title: 'Returns', role: 'step' },
  { layer: 'net_revenue', title: 'Net revenue', role: 'level' },
  { layer: 'revenue_without_cost', title: 'Revenue without known cost', role: 'step' },
  { layer: 'product_cost', title: 'Product cost', role: 'step' },
  { layer: 'contribution', title: 'Contribution', role: 'level' },
]

const ofList: readonly LayerName[] = ['list_revenue', 'discounts']
const ofCost: readonly LayerName[] = ['revenue_without_cost', 'product_cost', 'contribution']

/** The layers of the whole portfolio, which of them the data supports, and what would give the others. */
export function layerRows({ available, totals, identified, control }: Portfolio): Row[] {
  const listShare = available.list ? ratioOf(totalOf(control, 'amountWithList'), totalOf(control, 'amount')) : null
  const costShare = available.cost
    ? ratioOf(subtractDecimals(totals.net_revenue, totals.revenue_without_cost ?? 0), totals.net_revenue)
    : null
  return layers.map(({ layer, title, role }, i) => {
    const list = ofList.includes(layer)
    const cost = ofCost.includes(layer)
    const there = list ? available.list : cost ? available.cost : true
    const covered = list ? listShare : cost ? costShare : 1
    const partial = there && covered !== null && covered !== 1
    const reason = list
      ? there
        ? partial
          ? 'Some lines have no list price; they count at their invoice amount, without a discount.'
          : null
        : 'No line has a list price, so discounts cannot be seen.'
      : cost
        ? there
          ? partial
            ? 'Some goods have no product cost; their revenue stays out of the contribution.'
            : null
          : 'No line and no product has a cost, so what customers bring can only be told as revenue.'
        : null
    const unlock =
      reason === null
        ? null
        : list
          ? 'A column with the list price, or the price before discount, in the order file.'
          : 'A column with the product cost in the order file, or a product file with unit costs.'
    return {
      layer,
      position: i + 1,
      title,
      role,
      amount: totals[layer],
      identified_amount: identified[layer],
      covered_share: covered,
      available: there,
      reason,
      unlock,
    }
  })
}
