import type { StepContext } from '../../pipeline/step.ts'
import { formatCounted, formatMoney, formatRange, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'

const ratio = (value: unknown, digits = 1) => formatRatio(Number(value), { digits })
const moved = (value: number) => (Math.abs(value) < 0.0005 ? 'did not move' : `${value > 0 ? 'rose' : 'fell'} by ${ratio(Math.abs(value))}`)
const number = (value: unknown) => Number(value).toFixed(2)

/** Says what prices did for the same customer and product, and which products turn into commodities. */
export async function sayPrices(context: StepContext<unknown>, realised: readonly Row[], radar: readonly Row[]): Promise<void> {
  const all = realised.find(({ scope }) => scope === 'all')
  if (all) sayRealisation(context, all)
  sayRadar(context, radar)
}

function sayRealisation({ finding, figure, currency }: StepContext<unknown>, row: Row): void {
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true, sign: true })
  const change = Number(row.pocket_change)
  figure({
    name: 'pocket_price_change',
    title: 'Change of pocket prices',
    value: row.pocket_change as number | null,
    type: 'ratio',
    low: row.pocket_low as number | null,
    high: row.pocket_high as number | null,
    interval: '90 % interval over customers',
    meaning: 'How prices moved for the same customer and product between the two periods, without mix, new or lost business.',
    formula: 'Fisher index of pocket prices on matched cells - 1',
    explain: { table: 'price_realisation', where: { scope: 'all', scope_key: 'all' }, column: 'pocket_change' },
  })
  if (row.pocket_change === null) return
  const listed = row.pass_through !== null
  // An interval around zero is no movement to speak of.
  const still = row.pocket_low !== null && Number(row.pocket_low) < 0 && Number(row.pocket_high) > 0
  finding({
    name: 'price-realisation',
    text: listed
      ? `For the same customer and product list prices ${moved(Number(row.list_change))} and pocket prices ${moved(change)}: ${number(row.pass_through)} of each 1.00 of list reached the pocket.`
      : still
        ? `For the same customer and product prices did not surely move (${ratio(change)}).`
        : `For the same customer and product pocket prices ${moved(change)}: ${money(row.price_effect)} on what is bought now.`,
    doubt: `90 % interval over customers: pocket prices ${formatRange(ratio(row.pocket_low), ratio(row.pocket_high))}${listed && row.pass_through_low !== null ? `, reached ${number(row.pass_through_low)} to ${number(row.pass_through_high)}` : ''}.`,
    ...(listed && Number(row.pass_through_high) < 1
      ? { action: 'Pricing with sales: see where the rise was given back as discount, and by whom.' }
      : {}),
    weight: listed && Number(row.pass_through_high) < 1 ? 49 : 30,
    kind: listed && Number(row.list_change) > 0 && Number(row.pass_through_high) < 1 ? 'bad' : 'neutral',
    link: '/pricing?view=index',
  })
  if (row.cost_pass_through !== null && Number(row.cost_effect) > 0) {
    const short = row.cost_pass_through_high !== null && Number(row.cost_pass_through_high) < 1
    finding({
      name: 'cost-pass-through',
      text: `Unit costs ${moved(Number(row.cost_change))} on the same business (${money(row.cost_effect)}); prices brought ${money(row.price_effect)}: ${number(row.cost_pass_through)} for each 1.00 of cost.`,
      doubt:
        row.cost_pass_through_low === null
          ? ''
          : `90 % interval over customers: ${number(row.cost_pass_through_low)} to ${number(row.cost_pass_through_high)}.`,
      ...(short ? { action: 'Pricing with purchasing: a clause or a list step for the products whose cost rose most.' } : {}),
      weight: short ? 51 : 28,
      kind: short ? 'bad' : 'neutral',
      link: '/pricing?view=index',
    })
  }
}

function sayRadar({ finding, currency }: StepContext<unknown>, radar: readonly Row[]): void {
  const found = radar
    .filter((row) => row.segment_id === '(all)' && row.verdict === 'commoditising')
    .sort((a, b) => Number(a.lost_to_price) - Number(b.lost_to_price) || (String(a.product_id) < String(b.product_id) ? -1 : 1))
  if (found.length === 0) return
  const [row] = found
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true, sign: true })
  const falling = Number(row.quarters_falling ?? 0)
  finding({
    name: 'commoditising-product',
    text:
      `${row.name} (${row.product_id}) is turning into a commodity: the ${formatCounted(Number(row.customers), 'customer')} who bought it in both periods pay ${ratio(Math.abs(Number(row.price_change)))} less (${money(row.lost_to_price)})` +
      `${falling >= 3 ? `, its share of list price fell ${formatCounted(falling, 'quarter')} in a row` : ''}` +
      `${
        found.length > 1
          ? `; next ${found
              .slice(1, 3)
              .map((one) => `${one.name} (${money(one.lost_to_price)})`)
              .join(', ')}`
          : ''
      }.`,
    doubt: `Score ${number(row.score)} of 1 (90 % interval over customers ${number(row.score_low)} to ${number(row.score_high)}), prices ${formatRange(ratio(row.price_change_low), ratio(row.price_change_high))}; not known: why deals were lost, who asked for bids, how volume answers price.`,
    action:
      'Product management with pricing: work out its economic value to the customer by segment, unbundle what is not needed, stop matching by habit.',
    weight: 61,
    kind: 'bad',
    link: '/pricing?view=radar',
  })
}
