import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom, type Random } from '../math/random.ts'
import { type CsvStyle, dateOf, dayOf, fromCents, writeCsv } from './csv.ts'
import * as costs from './supplier-costs.ts'
import { PriceElements, priceElementHeader } from './supplier-prices.ts'
import { attributeHeader, attributeRows, itemRows, prospectRows, responseRows } from './supplier-relationships.ts'
import type { PlantedTruth, SampleCompany } from './truth.ts'

/** Written as a German ERP writes: semicolons, decimal commas, day first. */
const style: CsvStyle = { delimiter: ';', decimalMark: ',' }

const firstDay = dayOf('2024-04-01')
const lastDay = dayOf('2026-09-30')

interface Account {
  id: string
  name: string
  parent: string | null
  segment: string
  country: string
  industry: string
  currency: string
  channel: string
  /** Orders per day. */
  rate: number
  /** Mean units per line. */
  units: number
  /** Off the list price, as a fraction, by day. */
  discount: (day: number) => number
  /** Which products it buys: indices, most wanted first. */
  range: number[]
  from: number
  to: number
  /** By how much a quantity is larger than usual on a day; 1 where absent. */
  rhythm?: (day: number) => number
}

interface Product {
  id: string
  name: string
  family: string
  listCents: number
  /** Cost as a share of list in the first year. */
  costShare: number
}

/** The accounts and goods around which truths are planted. */
const planted = {
  giant: 'ACC-1007',
  gem: 'ACC-1142',
  ploy: 'ACC-1019',
  lost: 'ACC-1024',
  overServed: 'ACC-1050',
  underServed: 'ACC-1093',
  loader: 'ACC-1047',
  bargainer: 'ACC-1088',
  latin: 'ACC-1033',
  cyrillic: 'АСС-1033',
  commodity: 'P-0207',
  doubledMonth: '2025-11',
}

const industries = ['Automotive', 'Machinery', 'Food', 'Packaging', 'Energy', 'Rail', 'Medical', 'Printing']
const stems = [
  'Aldon',
  'Brandt',
  'Corvin',
  'Dahl',
  'Eberle',
  'Fenwick',
  'Gruner',
  'Hollis',
  'Ivarsson',
  'Jansen',
  'Kestrel',
  'Lindqvist',
  'Marlow',
  'Nordby',
  'Ostrava',
  'Pellegrin',
  'Quayle',
  'Rennert',
  'Sandoval',
  'Thorne',
]
const trades = ['Drives', 'Machine Works', 'Foods', 'Packaging', 'Power', 'Rail Systems', 'Medical', 'Press', 'Tools', 'Automation']
const families = ['Bearings', 'Belts', 'Seals', 'Couplings', 'Chains', 'Gear units', 'Lubricants', 'Linear guides']
const places: { country: string; currency: string; share: number }[] = [
  { country: 'Germany', currency: 'EUR', share: 0.42 },
  { country: 'Austria', currency: 'EUR', share: 0.13 },
  { country: 'Netherlands', currency: 'EUR', share: 0.12 },
  { country: 'United Kingdom', currency: 'GBP', share: 0.18 },
  { country: 'United States', currency: 'USD', share: 0.15 },
]
const fxStart: Record<string, number> = { GBP: 1.17, USD: 0.92 }

/**
 * Halden Industrial Supply: 180 accounts in 12 groups, three currencies, 30 months. A folder as an ERP exports it: customers, products,
 * order lines, exchange rates, a ledger and the cost model that belongs to it.
 */
export async function simulateSupplier(folder: string, settings: { seed: number }): Promise<SampleCompany> {
  await mkdir(folder, { recursive: true })
  const random = createRandom(settings.seed)
  const products = makeProducts(random.split('products'))
  const accounts = makeAccounts(random.split('accounts'), products.length)
  const rates = makeRates(random.split('fx'))
  const inFolder = (name: string) => join(folder, name)

  await writeCsv(
    inFolder('customers.csv'),
    ['customer_id', 'name', 'parent_id', 'segment_id', 'country', 'industry'],
    accounts.map((account) => [account.id, account.name, account.parent, account.segment, account.country, account.industry]),
    style,
  )
  await writeCsv(
    inFolder('products.csv'),
    ['product_id', 'name', 'family', 'base_unit', 'unit_cost', 'service_flag'],
    [
      ...products.map((product) => [
        product.id,
        product.name,
        product.family,
        'piece',
        fromCents(product.listCents * product.costShare),
        'false',
      ]),
      ['FREIGHT', 'Freight', 'Fees', 'shipment', null, 'true'],
    ],
    style,
  )
  await writeCsv(inFolder('fx_rates.csv'), ['currency', 'date', 'rate'], fxRows(rates), style)

  const prices = new PriceElements()
  const sales = { lines: 0, repeated: 0, perPeriod: new Map<string, number>(), revenueCents: new Map<string, number>() }
  await writeCsv(inFolder('order_lines.csv'), lineHeader, allLines(random.split('lines'), accounts, products, sales, prices), style)
  await writeCsv(inFolder('price_elements.csv'), priceElementHeader, prices.rows(random.split('prices'), accounts), style)
  await writeCsv(inFolder('ledger.csv'), costs.ledgerHeader, costs.ledgerRows(random.split('ledger')), style)
  await writeCsv(inFolder('cost_pool.csv'), costs.poolHeader, costs.poolRows(), style)
  await writeCsv(inFolder('pool_assignment.csv'), costs.assignmentHeader, costs.assignmentRows(), style)
  await writeCsv(inFolder('service_flow.csv'), costs.flowHeader, costs.flowRows(), style)
  await writeCsv(inFolder('activity.csv'), costs.activityHeader, costs.activityRows, style)
  await writeCsv(inFolder('driver_event.csv'), costs.eventHeader, costs.eventRows(random.split('events'), accounts), style)
  await writeCsv(
    inFolder('balance.csv'),
    costs.balanceHeader,
    costs.balanceRows(random.split('balances'), accounts, sales.revenueCents),
    style,
  )

  const relations = random.split('relationships')
  const attributes = attributeRows(relations, accounts, {
    overServed: planted.overServed,
    underServed: planted.underServed,
    date: '15.06.2026',
  })
  await writeCsv(inFolder('relationship_attributes.csv'), attributeHeader, attributes, style)
  await writeCsv(inFolder('survey_items.csv'), ['item_id', 'construct', 'wording', 'reverse_flag'], itemRows, style)
  await writeCsv(
    inFolder('survey_responses.csv'),
    ['response_id', 'customer_id', 'date', 'item_id', 'value', 'scale_min', 'scale_max'],
    responseRows(relations.split('survey'), attributes, '22.06.2026'),
    style,
  )
  await writeCsv(
    inFolder('prospects.csv'),
    ['customer_id', 'name', 'first_seen_date', 'segment_id', 'country', 'status'],
    prospectRows(relations.split('prospects'), '17.03.2025'),
    style,
  )

  const company: SampleCompany = {
    name: 'halden-industrial-supply',
    title: 'Halden Industrial Supply, a B2B supplier of machine parts',
    currency: 'EUR',
    folder,
    files: [
      'customers.csv',
      'products.csv',
      'order_lines.csv',
      'price_elements.csv',
      'fx_rates.csv',
      ...costFiles,
      'relationship_attributes.csv',
      'survey_items.csv',
      'survey_responses.csv',
      'prospects.csv',
    ].map(inFolder),
    // The rates alone, all of the first of a month, would not tell day from month.
    dateOrder: 'dmy',
    truths,
    known: {
      accounts: accounts.length,
      products: products.length,
      lines: sales.lines,
      repeated_lines: sales.repeated,
      seed: settings.seed,
    },
  }
  await writeFile(inFolder('truth.json'), `${JSON.stringify({ truths, known: company.known }, null, 2)}\n`)
  return company
}

const costFiles = [
  'ledger.csv',
  'cost_pool.csv',
  'pool_assignment.csv',
  'service_flow.csv',
  'activity.csv',
  'driver_event.csv',
  'balance.csv',
]

const truths: PlantedTruth[] = [
  {
    name: 'exchange-over-invested',
    statement: 'ACC-1050 has many alternatives and simple needs, yet is linked and served like a partner.',
    customers: [planted.overServed],
    where: '/relationships',
  },
  {
    name: 'exchange-under-invested',
    statement: 'ACC-1093 depends on us and asks for a close exchange, yet is served at arm’s length.',
    customers: [planted.underServed],
    where: '/relationships',
  },
  {
    name: 'loved-giant-loses-money',
    statement: 'Brandt Automotive, the largest customer by revenue, is sold below product cost and loses money.',
    customers: [planted.giant],
    where: '/customers?sort=-net_revenue',
  },
  {
    name: 'small-but-very-profitable',
    statement: 'Kestrel Medical is small by revenue and among the most profitable: it buys special parts at list price.',
    customers: [planted.gem],
    where: '/customers?sort=-measure',
  },
  {
    name: 'loved-giant-loses-after-cost-to-serve',
    statement: 'Sandoval Machine Works, among the ten largest, leaves a good contribution and loses it all to visits and technicians.',
    customers: [costs.servedGiant],
    where: `/customers/${costs.servedGiant}`,
  },
  {
    name: 'idle-pool-service',
    statement: 'Technical service is paid for far more capacity than it uses.',
    where: '/cost-model',
  },
  {
    name: 'price-erosion',
    statement: 'Bearing P-0207 turns into a commodity: its price falls by about two per cent a month with every customer.',
    products: [planted.commodity],
    where: '/',
  },
  {
    name: 'price-cut-for-a-customer',
    statement: 'Rennert Packaging got 14 % off in October 2025 for volume that never came.',
    customers: [planted.ploy],
    where: `/customers/${planted.ploy}`,
  },
  {
    name: 'given-after-the-invoice',
    statement: 'Bonuses, prompt payment, freight and advertising allowances are given after the invoice, where no price list shows them.',
    where: '/pricing',
  },
  {
    name: 'commoditising-product',
    statement: 'The same bearing P-0207, for the same customers: list price rises, what they pay falls quarter by quarter.',
    products: [planted.commodity],
    where: '/pricing?view=radar',
  },
  {
    name: 'discount-without-volume',
    statement: 'Fenwick Print Works, a small account, has talked itself into 36 % off, the discount of a size that it does not have.',
    customers: [planted.bargainer],
    where: '/pricing?view=discounts',
  },
  {
    name: 'rebates-accrued',
    statement: 'The volume bonus of 2026 is booked by expectation since January and will be paid after the year.',
    where: '/pricing',
  },
  {
    name: 'month-loaded-twice',
    statement: 'The EDI lines of November 2025 stand in the file twice.',
    where: '/data',
  },
  {
    name: 'look-alike-customers',
    statement: 'One account has two numbers that look the same: one of them is typed in Cyrillic letters.',
    customers: [planted.latin, planted.cyrillic],
    where: '/data',
  },
  {
    name: 'largest-fall',
    statement: 'Corvin Energy, a top account, stopped ordering in June 2025.',
    customers: [planted.lost],
    where: '/customers?status=lost',
  },
]

function makeProducts(random: Random): Product[] {
  return Array.from({ length: 240 }, (_, i) => {
    const id = `P-${String(i + 100).padStart(4, '0')}`
    const family = id === planted.commodity ? 'Bearings' : families[i % families.length]
    return {
      id,
      name: `${family.replace(/s$/, '')} ${6000 + i * 7}`,
      family,
      listCents: id === planted.commodity ? 4_800 : Math.max(250, Math.round(Math.exp(4 + 0.9 * random.normal()) * 100)),
      // The last twenty are special parts that few buy and nobody else makes.
      costShare: i >= 220 ? 0.16 + 0.06 * random.next() : 0.5 + 0.14 * random.next(),
    }
  })
}

function makeAccounts(random: Random, products: number): Account[] {
  const accounts: Account[] = []
  for (let i = 0; i < 180; i++) {
    const own = random.split(i)
    const id = `ACC-${1001 + i}`
    const size = Math.exp(0.9 * own.normal())
    const place = pickPlace(own)
    const negotiated = Math.min(0.34, Math.max(0.02, 0.1 + 0.05 * Math.log(size + 0.2) + 0.04 * own.normal()))
    const from = own.next() < 0.16 ? firstDay + own.integer(700) : firstDay
    const to = own.next() < 0.1 ? firstDay + 300 + own.integer(600) : lastDay
    accounts.push({
      id,
      name: `${stems[(i * 13) % stems.length]} ${trades[(i * 7 + Math.floor(i / 20)) % trades.length]}`,
      parent: i < 36 ? `ACC-${1001 + Math.floor(i / 3) * 3}` : null,
      segment: size > 1.8 ? 'key' : size > 0.7 ? 'core' : 'tail',
      country: place.country,
      industry: industries[own.integer(industries.length)],
      currency: place.currency,
      channel: own.next() < 0.45 ? 'edi' : own.next() < 0.6 ? 'field sales' : 'web shop',
      rate: 0.05 + 0.09 * Math.min(size, 4),
      units: 4 + 9 * size,
      discount: () => negotiated,
      range: Array.from({ length: 10 + own.integer(26) }, () => Math.floor(220 * own.next() ** 1.4) % Math.min(220, products)),
      from,
      to: Math.max(from + 120, to),
    })
  }
  const change = (id: string, values: Partial<Account>) => Object.assign(accounts.find((account) => account.id === id)!, values)
  const always = { from: firstDay, to: lastDay }
  const commodity = Number(planted.commodity.slice(2)) - 100
  change(planted.giant, {
    ...always,
    name: 'Brandt Automotive',
    industry: 'Automotive',
    segment: 'key',
    country: 'Germany',
    currency: 'EUR',
    channel: 'edi',
    rate: 0.5,
    units: 150,
    discount: () => 0.46,
  })
  change(planted.gem, {
    ...always,
    name: 'Kestrel Medical',
    industry: 'Medical',
    segment: 'tail',
    country: 'Austria',
    currency: 'EUR',
    channel: 'web shop',
    rate: 0.16,
    units: 26,
    discount: () => 0,
    range: Array.from({ length: 20 }, (_, i) => 220 + i),
  })
  change(planted.ploy, {
    ...always,
    name: 'Rennert Packaging',
    industry: 'Packaging',
    segment: 'key',
    country: 'Germany',
    currency: 'EUR',
    rate: 0.3,
    units: 34,
    discount: (day) => (day < dayOf('2025-10-01') ? 0.12 : 0.26),
  })
  change(planted.lost, {
    from: firstDay,
    to: dayOf('2025-06-20'),
    name: 'Corvin Energy',
    industry: 'Energy',
    segment: 'key',
    country: 'Netherlands',
    currency: 'EUR',
    rate: 0.35,
    units: 40,
    discount: () => 0.14,
  })
  change(planted.loader, {
    ...always,
    name: 'Pellegrin Press',
    industry: 'Printing',
    segment: 'core',
    country: 'Germany',
    currency: 'EUR',
    rate: 0.2,
    units: 16,
    discount: () => 0.13,
    // Fills its shelves in December to reach the next tier of the bonus, and buys next to nothing afterwards.
    rhythm: (day) => {
      const month = new Date(day * 86_400_000).getUTCMonth()
      return month === 11 ? 3.6 : month < 2 ? 0.15 : 1
    },
  })
  change(planted.bargainer, {
    ...always,
    name: 'Fenwick Print Works',
    industry: 'Printing',
    segment: 'tail',
    country: 'Germany',
    currency: 'EUR',
    rate: 0.08,
    units: 7,
    // Its purchasing department called ordinary parts a commodity and got a giant's discount.
    discount: () => 0.36,
  })
  change(costs.servedGiant, {
    ...always,
    name: 'Sandoval Machine Works',
    industry: 'Machinery',
    segment: 'key',
    country: 'Germany',
    currency: 'EUR',
    rate: 0.42,
    units: 42,
    discount: () => 0.34,
  })
  for (const id of [planted.overServed, planted.underServed])
    change(id, { ...always, segment: 'core', country: 'Germany', currency: 'EUR', rate: 0.24, units: 24 })
  change(planted.latin, { ...always, name: 'Lindqvist Rail Systems', rate: 0.12, currency: 'EUR' })
  for (const account of accounts) if (account.id !== planted.gem) account.range.push(commodity, commodity)
  const twin = accounts.find((account) => account.id === planted.latin)!
  accounts.push({ ...twin, id: planted.cyrillic, rate: 0.03, parent: null })
  return accounts
}

const lineHeader = [
  'order_id',
  'order_date',
  'customer_id',
  'channel_id',
  'product_id',
  'quantity',
  'list_price',
  'invoice_amount',
  'unit_cost',
  'currency',
]

function* allLines(
  random: Random,
  accounts: Account[],
  products: Product[],
  sales: { lines: number; repeated: number; revenueCents: Map<string, number> },
  prices: PriceElements,
): Generator<(string | number | null)[]> {
  const doubled: (string | number | null)[][] = []
  for (const account of accounts) {
    for (const row of accountLines(random.split(account.id), account, products)) {
      sales.lines++
      prices.add(row)
      const cents = Number(row[7]) * 100 * (fxStart[account.currency] ?? 1)
      sales.revenueCents.set(account.id, (sales.revenueCents.get(account.id) ?? 0) + cents)
      yield row
      if (account.channel === 'edi' && account.id !== planted.giant && String(row[1]).slice(3) === '11.2025') doubled.push(row)
    }
  }
  for (const row of doubled) {
    sales.lines++
    sales.repeated++
    yield row
  }
}

function* accountLines(random: Random, account: Account, products: Product[]): Generator<(string | number | null)[]> {
  const dated = (day: number) => dateOf(day).split('-').reverse().join('.')
  const fx = fxStart[account.currency] ?? 1
  let number = 0
  for (
    let day = account.from + 1 + random.integer(20);
    day <= account.to;
    day += Math.max(1, Math.round(random.exponential(account.rate)))
  ) {
    number++
    const order = `${account.id}/${String(number).padStart(4, '0')}`
    const size = 1 + random.poisson(2.2)
    // One order in forty is a counter sale that nobody booked on the account.
    const customer = random.next() < 0.025 && account.segment === 'tail' ? null : account.id
    for (let l = 0; l < size; l++) {
      const product = products[account.range[Math.floor(account.range.length * random.next())]]
      const quantity = Math.max(1, Math.round(account.units * (account.rhythm?.(day) ?? 1) * Math.exp(0.4 * random.normal())))
      const list = listPrice(product, day) / fx
      const amount = Math.round(quantity * list * (1 - account.discount(day)) * erosion(product, day))
      const cost = (product.listCents * product.costShare * costIndex(day)) / fx
      const row = [
        order,
        dated(day),
        customer,
        account.channel,
        product.id,
        quantity,
        fromCents(list),
        fromCents(amount),
        fromCents(cost),
        account.currency,
      ]
      yield row
      if (random.next() < 0.018) {
        const back = Math.min(lastDay, day + 3 + random.integer(25))
        yield [
          `${order}-R`,
          dated(back),
          customer,
          account.channel,
          product.id,
          -quantity,
          fromCents(list),
          fromCents(-amount),
          fromCents(cost),
          account.currency,
        ]
      }
    }
    if (random.next() < 0.35)
      yield [order, dated(day), customer, account.channel, 'FREIGHT', 1, null, fromCents(1_800 / fx), null, account.currency]
  }
}

/** List prices rise by three per cent each April. */
const listPrice = (product: Product, day: number): number => product.listCents * 1.03 ** Math.floor((day - firstDay) / 365.25)

/** Purchasing cost creeps up by three and a half per cent a year. */
const costIndex = (day: number): number => 1.035 ** ((day - firstDay) / 365.25)

/** The commodity loses two per cent a month from July 2025 on. */
function erosion(product: Product, day: number): number {
  if (product.id !== planted.commodity) return 1
  return 0.98 ** Math.max(0, (day - dayOf('2025-07-01')) / 30.4)
}

function makeRates(random: Random): Record<string, number[]> {
  const months = 31
  return Object.fromEntries(
    Object.entries(fxStart).map(([currency, start]) => {
      const path = [start]
      for (let m = 1; m < months; m++) path.push(path[m - 1] * Math.exp(0.012 * random.normal()))
      return [currency, path.map((rate) => Math.round(rate * 10_000) / 10_000)]
    }),
  )
}

function fxRows(rates: Record<string, number[]>): (string | number)[][] {
  return Object.entries(rates).flatMap(([currency, path]) =>
    path.map((rate, m) => [currency, `01.${String(((m + 3) % 12) + 1).padStart(2, '0')}.${2024 + Math.floor((m + 3) / 12)}`, rate]),
  )
}

function pickPlace(random: Random): { country: string; currency: string } {
  let left = random.next()
  for (const place of places) {
    left -= place.share
    if (left < 0) return place
  }
  return places[0]
}
