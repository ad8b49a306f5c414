import type { Random } from '../math/random.ts'
import { fromCents } from './csv.ts'

/** What the terms of an account are made of. */
export interface Terms {
  id: string
  segment: string
  currency: string
}

interface Order {
  customer: string
  month: string
  listCents: number
  invoiceCents: number
  charged: boolean
}

/** Bonus on the invoices of a calendar year: from this turnover on (in thousands of the account's currency), this rate on all of it. */
export const bonusTiers: readonly { from: number; rate: number }[] = [
  { from: 0, rate: 0 },
  { from: 150, rate: 0.015 },
  { from: 400, rate: 0.03 },
  { from: 900, rate: 0.045 },
]

export const bonusRate = (turnoverCents: number): number => bonusTiers.findLast(({ from }) => turnoverCents >= from * 100_000)!.rate

export const priceElementHeader = [
  'element_id',
  'order_id',
  'customer_id',
  'period',
  'type',
  'name',
  'amount',
  'currency',
  'accrual_flag',
  'owner',
]

/** Listens to order lines as they are written and knows the discounts and rebates that belong to them. */
export class PriceElements {
  private readonly orders = new Map<string, Order>()

  /** A line as `order_lines.csv` has it; returns and lines without an account get nothing. */
  add(row: readonly (string | number | null)[]): void {
    const [order, day, customer, , product, quantity, list, amount] = row
    if (customer === null || Number(quantity) < 0) return
    const [, month, year] = String(day).split('.')
    const known = this.orders.get(String(order)) ?? {
      customer: String(customer),
      month: `${year}-${month}`,
      listCents: 0,
      invoiceCents: 0,
      charged: false,
    }
    const invoiceCents = Math.round(Number(amount) * 100)
    known.invoiceCents += invoiceCents
    known.listCents += list === null ? invoiceCents : Math.round(Number(list) * Number(quantity) * 100)
    if (product === 'FREIGHT') known.charged = true
    this.orders.set(String(order), known)
  }

  /** Rows of the file: on the invoice by order, afterwards by account and month; the bonus of a year is accrued and trued up in December. */
  *rows(random: Random, accounts: readonly Terms[]): Generator<(string | number | null)[]> {
    let number = 0
    const element = (
      place: { order?: string; customer?: string; month?: string },
      type: string,
      name: string,
      cents: number,
      currency: string,
      owner: string,
      accrued: boolean,
    ) => [
      `PE-${String(++number).padStart(6, '0')}`,
      place.order ?? null,
      place.customer ?? null,
      place.month ?? null,
      type,
      name,
      fromCents(cents),
      currency,
      String(accrued),
      owner,
    ]
    const byAccount = new Map<string, [string, Order][]>()
    for (const entry of this.orders) byAccount.set(entry[1].customer, [...(byAccount.get(entry[1].customer) ?? []), entry])
    for (const { id, segment, currency } of accounts) {
      const own = random.split(id)
      const terms = {
        skonto: own.next() < 0.55,
        bonus: segment !== 'tail' || own.next() < 0.2,
        advertising: segment === 'key' && own.next() < 0.7,
      }
      const months = new Map<string, { invoiceCents: number; freightCents: number }>()
      for (const [order, { month, listCents, invoiceCents, charged }] of byAccount.get(id) ?? []) {
        const discount = listCents - invoiceCents
        if (listCents > 250_000 && discount > 0)
          yield element({ order }, 'on_invoice', 'Order-size discount', Math.round(discount * 0.3), currency, 'Sales', false)
        const sums = months.get(month) ?? { invoiceCents: 0, freightCents: 0 }
        sums.invoiceCents += invoiceCents
        if (!charged) sums.freightCents += 1_100 + own.integer(1_400)
        months.set(month, sums)
      }
      let year = ''
      let turnover = 0
      let accrued = 0
      for (const [month, { invoiceCents, freightCents }] of [...months].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const off = (name: string, cents: number, owner: string, expected = false) =>
          element({ customer: id, month }, 'off_invoice', name, cents, currency, owner, expected)
        if (terms.skonto) yield off('Prompt payment', Math.round(invoiceCents * 0.02), 'Finance')
        if (terms.advertising) yield off('Co-op advertising', Math.round(invoiceCents * 0.01), 'Marketing')
        if (freightCents > 0) yield off('Freight allowance', freightCents, 'Logistics')
        if (!terms.bonus) continue
        if (month.slice(0, 4) !== year) {
          year = month.slice(0, 4)
          turnover = 0
          accrued = 0
        }
        turnover += invoiceCents
        const elapsed = Number(month.slice(5)) - (year === '2024' ? 3 : 0)
        const length = year === '2024' ? 9 : 12
        const due = Math.round(turnover * bonusRate((turnover * length) / elapsed))
        if (month.endsWith('-12')) {
          if (accrued !== 0) yield off('Volume bonus', -accrued, 'Sales management', true)
          const paid = Math.round(turnover * bonusRate(turnover))
          if (paid > 0) yield off('Volume bonus', paid, 'Sales management')
        } else if (due !== accrued) {
          yield off('Volume bonus', due - accrued, 'Sales management', true)
          accrued = due
        }
      }
    }
  }
}
