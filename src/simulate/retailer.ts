import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom, type Random } from '../math/random.ts'
import { dateOf, dayOf, fromCents, writeCsv } from './csv.ts'
import type { SampleCompany } from './truth.ts'

export interface RetailerSettings {
  customers: number
  seed: number
}

/**
 * How customers of one channel behave. While alive a customer buys at rate lambda per week, lambda ~ gamma(r, alpha); after each
 * purchase it leaves with probability p ~ beta(a, b). That is the BG/NBD model (Fader, Hardie & Lee 2005), so that a fitted model can be
 * compared with the truth.
 */
interface ChannelTruth {
  share: number
  r: number
  alpha: number
  a: number
  b: number
  /** Mean of ln(basket scale): channels differ in what people put in the basket. */
  basket: number
  /** Share of lines sold at a reduced price. */
  promoted: number
  /** What winning one customer costs on average, in euros. */
  cost: number
}

const channels: Record<string, ChannelTruth> = {
  organic: { share: 0.3, r: 0.5, alpha: 6, a: 0.9, b: 3.2, basket: 0.15, promoted: 0.12, cost: 6 },
  referral: { share: 0.12, r: 0.8, alpha: 7, a: 0.7, b: 4.0, basket: 0.25, promoted: 0.08, cost: 18 },
  search: { share: 0.26, r: 0.35, alpha: 6, a: 1.0, b: 2.4, basket: 0, promoted: 0.2, cost: 31 },
  social: { share: 0.2, r: 0.25, alpha: 6, a: 1.3, b: 1.6, basket: -0.2, promoted: 0.38, cost: 44 },
  marketplace: { share: 0.12, r: 0.3, alpha: 5, a: 1.1, b: 2.0, basket: -0.1, promoted: 0.3, cost: 27 },
}

const families = ['Bedding', 'Kitchen', 'Lighting', 'Rugs', 'Garden', 'Bath', 'Storage', 'Candles']
const adjectives = ['Linen', 'Oak', 'Stone', 'Wool', 'Copper', 'Ash', 'Cotton', 'Clay', 'Walnut', 'Jute']
const nouns: Record<string, string[]> = {
  Bedding: ['duvet cover', 'pillow', 'throw', 'blanket'],
  Kitchen: ['bowl', 'board', 'teapot', 'apron'],
  Lighting: ['table lamp', 'pendant', 'lantern', 'wall light'],
  Rugs: ['runner', 'rug', 'mat', 'hall rug'],
  Garden: ['planter', 'bench', 'watering can', 'trug'],
  Bath: ['towel', 'bath mat', 'soap dish', 'robe'],
  Storage: ['basket', 'shelf', 'hook rail', 'crate'],
  Candles: ['candle', 'diffuser', 'votive', 'candle set'],
}
const countries: [string, number][] = [
  ['Germany', 0.42],
  ['Austria', 0.16],
  ['Netherlands', 0.16],
  ['France', 0.14],
  ['Denmark', 0.12],
]

interface Product {
  id: string
  name: string
  listCents: number
  costCents: number
}

const header = [
  'order_id',
  'order_date',
  'customer_id',
  'country',
  'channel',
  'product_id',
  'product_name',
  'quantity',
  'list_price',
  'line_amount',
  'unit_cost',
]
const customerHeader = ['customer_id', 'country', 'acquisition_source', 'acquisition_cost']
type Won = [id: string, country: string, channel: string, cost: number]

const firstDay = dayOf('2024-03-01')
const lastDay = dayOf('2026-09-30')

/**
 * Lumen & Loom, an online shop for the home: one order file, 31 months, five channels whose customers differ in quality.
 * Known parameters stand in `truth.json`.
 */
export async function simulateRetailer(folder: string, settings: RetailerSettings): Promise<SampleCompany> {
  await mkdir(folder, { recursive: true })
  const random = createRandom(settings.seed)
  const products = makeProducts(random.split('products'))
  const tally = { lines: 0, orders: 0, buyers: 0, netCents: 0, costCents: 0, unidentifiedLines: 0, returnLines: 0 }
  const won: Won[] = []
  await writeCsv(join(folder, 'orders.csv'), header, lines(random, settings.customers, products, tally, won))
  await writeCsv(join(folder, 'customers.csv'), customerHeader, won)
  const company: SampleCompany = {
    name: 'lumen-and-loom',
    title: 'Lumen & Loom, an online shop for the home',
    currency: 'EUR',
    folder,
    files: [join(folder, 'orders.csv'), join(folder, 'customers.csv')],
    truths: [
      {
        name: 'concentration',
        statement: 'A minority of customers brings most of the contribution; most buy once and never again.',
        where: '/',
      },
      {
        name: 'concentration',
        statement: 'Deep promotions in social and marketplace sell some goods below cost: part of their customers lose money.',
        where: '/customers?sort=measure',
      },
      {
        name: 'acquisition-quality',
        statement:
          'Customers won through social cost the most and bring the least: within a year they do not pay back; referral and organic do at once.',
        where: '/acquisition',
      },
      {
        name: 'audit-4-drift',
        statement: 'Nothing was made to drift: newer customers are as good as earlier ones, and the audit must say so.',
        where: '/cohorts',
      },
      {
        name: 'lines-without-customer',
        statement: 'One order in twenty comes from guests without a customer number.',
        where: '/data',
      },
    ],
    known: {
      customers: settings.customers,
      seed: settings.seed,
      lines: tally.lines,
      orders: tally.orders,
      unidentified_lines: tally.unidentifiedLines,
      return_lines: tally.returnLines,
      net_revenue: fromCents(tally.netCents).toFixed(2),
      contribution: fromCents(tally.netCents - tally.costCents).toFixed(2),
      ...Object.fromEntries(Object.entries(channels).map(([name, truth]) => [`channel_${name}`, { ...truth }])),
    },
  }
  await writeFile(join(folder, 'truth.json'), `${JSON.stringify({ truths: company.truths, known: company.known }, null, 2)}\n`)
  return company
}

function makeProducts(random: Random): Product[] {
  return Array.from({ length: 320 }, (_, i) => {
    const family = families[i % families.length]
    const noun = nouns[family][Math.floor(i / families.length) % 4]
    const listCents = Math.round(Math.exp(3.1 + 0.7 * random.normal()) * 2) * 50 - 1
    const id = `${family.slice(0, 2).toUpperCase()}-${String(1000 + i)}`
    const price = Math.max(499, listCents)
    return {
      id,
      name: `${adjectives[(i * 7) % adjectives.length]} ${noun}`,
      listCents: price,
      costCents: Math.round(price * (0.42 + 0.2 * random.next())),
    }
  })
}

type Line = (string | number | null)[]
interface Tally {
  lines: number
  orders: number
  buyers: number
  netCents: number
  costCents: number
  unidentifiedLines: number
  returnLines: number
}

function* lines(random: Random, customers: number, products: Product[], tally: Tally, won: Won[]): Generator<Line> {
  for (let c = 0; c < customers; c++) {
    const own = random.split(c)
    yield* customerLines(own, c, products, tally, won)
  }
}

/** All lines of one customer; every customer has its own random stream, so that a larger company begins with the same people. */
function* customerLines(random: Random, index: number, products: Product[], tally: Tally, won: Won[]): Generator<Line> {
  const id = `C${String(index + 1).padStart(6, '0')}`
  const channel = pick(
    random,
    Object.entries(channels).map(([name, truth]): [string, number] => [name, truth.share]),
  )
  const truth = channels[channel]
  const country = pick(random, countries)
  const perDay = random.gamma(truth.r) / truth.alpha / 7
  const leave = random.beta(truth.a, truth.b)
  const basket = truth.basket + 0.35 * random.normal()
  const guest = random.next() < 0.05
  // From a stream of its own, so that what customers buy does not hang on it.
  const price = truth.cost * Math.exp(0.35 * random.split('acquisition').normal() - 0.35 ** 2 / 2)
  if (!guest) won.push([id, country, channel, Math.round(100 * price) / 100])
  let day = firstDay + random.integer(lastDay - firstDay + 1)
  for (let n = 0; day <= lastDay; n++) {
    tally.orders++
    const order = `L${String(index + 1).padStart(6, '0')}${String(n + 1).padStart(3, '0')}`
    const size = 1 + random.poisson(0.9 * seasonOf(day))
    for (let l = 0; l < size; l++) {
      const product = products[Math.floor(products.length * random.next() ** 1.8)]
      const quantity = 1 + random.poisson(Math.exp(basket) * 0.5)
      const depth = random.next() < truth.promoted ? 0.2 + 0.45 * random.next() : 0
      const amountCents = Math.round(quantity * product.listCents * (1 - depth))
      yield line(order, day, guest ? null : id, country, channel, product, quantity, amountCents, tally)
      if (random.next() < 0.04) {
        const back = Math.min(lastDay, day + 5 + random.integer(20))
        yield line(`R${order.slice(1)}`, back, guest ? null : id, country, channel, product, -quantity, -amountCents, tally)
      }
    }
    if (random.next() < leave) return
    if (perDay < 1e-9) return
    day += Math.max(1, Math.round(random.exponential(perDay)))
  }
}

/** Baskets are fuller before Christmas; when people buy stays a pure BG/NBD process. */
const seasonOf = (day: number): number => 1 + 0.5 * Math.cos(((day % 365.25) / 365.25 - 0.93) * 2 * Math.PI)

function line(
  order: string,
  day: number,
  customer: string | null,
  country: string,
  channel: string,
  product: Product,
  quantity: number,
  amountCents: number,
  tally: Tally,
): Line {
  tally.lines++
  tally.netCents += amountCents
  tally.costCents += quantity * product.costCents
  if (customer === null) tally.unidentifiedLines++
  if (quantity < 0) tally.returnLines++
  return [
    order,
    dateOf(day),
    customer,
    country,
    channel,
    product.id,
    product.name,
    quantity,
    fromCents(product.listCents),
    fromCents(amountCents),
    fromCents(product.costCents),
  ]
}

function pick(random: Random, choices: [string, number][]): string {
  let left = random.next()
  for (const [name, share] of choices) {
    left -= share
    if (left < 0) return name
  }
  return choices[choices.length - 1][0]
}
