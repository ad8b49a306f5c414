import type { Random } from '../math/random.ts'

/** What the relationship files need to know of an account. */
interface Account {
  id: string
  /** Orders per day and units per line: how much it buys. */
  rate: number
  units: number
}

/** A customer with many alternatives whom we serve like a partner, and one who depends on us and is served like anybody. */
export interface PlantedExchange {
  overServed: string
  underServed: string
  /** First and last scoring day, as the files write days. */
  date: string
}

type Cell = string | number | null

export const attributeHeader = [
  'customer_id',
  'date',
  'alternatives',
  'dynamism',
  'importance',
  'complexity',
  'information_exchange',
  'operational_linkages',
  'share_of_wallet',
  'specific_investment',
  'contract_months',
  'cooperative_norms',
  'legal_bonds',
  'seller_adaptation',
  'buyer_adaptation',
]

/** Scores of two accounts in three: situation and behaviour go together, but for the two that were planted. */
export function attributeRows(random: Random, accounts: readonly Account[], planted: PlantedExchange): Cell[][] {
  return accounts.flatMap((account): Cell[][] => {
    const own = random.split(account.id)
    const special = account.id === planted.overServed || account.id === planted.underServed
    if (!special && own.next() > 0.66) return []
    const whole = (value: number): number => Math.min(7, Math.max(1, Math.round(value)))
    // Larger accounts tend to be closer, with much room for others.
    const close = 3 + 1.1 * Math.log(Math.max(0.2, account.rate * 8)) + 1.1 * own.normal()
    const near = (spread = 0.7): number => whole(close + spread * own.normal())
    const lived = [near(0.6), near(0.6)]
    let drivers = [8 - near(), near(), near(), near(), ...lived]
    if (account.id === planted.overServed) drivers = [7, 2, 2, 1, 7, 6]
    if (account.id === planted.underServed) drivers = [1, 6, 7, 6, 2, 1]
    const part = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 100) / 100
    const level = (close - 1) / 6
    return [
      [
        account.id,
        planted.date,
        ...drivers,
        part(0.15 + 0.7 * level + 0.12 * own.normal()),
        part(0.05 + 0.75 * level + 0.15 * own.normal()),
        close > 4 ? 12 * (1 + own.integer(4)) : close > 3 ? 12 : 0,
        near(0.8),
        near(1.2),
        near(1),
        near(1.2),
      ],
    ]
  })
}

export const itemRows: Cell[][] = [
  ['T1', 'trust', 'They keep the promises they make.', 'false'],
  ['T2', 'trust', 'They look after our interest as well as their own.', 'false'],
  ['T3', 'trust', 'We have to check what they tell us.', 'true'],
  ['C1', 'commitment', 'We want to be their customer for years.', 'false'],
  ['C2', 'commitment', 'We would invest in working with them.', 'false'],
  ['S1', 'satisfaction', 'All in all we are satisfied with them.', 'false'],
]

/** One answer of one buyer at four accounts in ten that were scored; trust goes with the cooperation that was scored. */
export function responseRows(random: Random, attributes: readonly Cell[][], date: string): Cell[][] {
  return attributes.flatMap((row): Cell[][] => {
    const id = String(row[0])
    const own = random.split(id)
    if (own.next() > 0.4) return []
    const norms = Number(row[11])
    return itemRows.map(([item, , , reversed]): Cell[] => {
      const felt = Math.min(7, Math.max(1, Math.round(norms + 0.8 + 0.8 * own.normal())))
      return [`R-${id}`, id, date, String(item), reversed === 'true' ? 8 - felt : felt, 1, 7]
    })
  })
}

/** Companies that were met and have not bought. */
export function prospectRows(random: Random, date: string): Cell[][] {
  const stems = ['Abelin', 'Brucker', 'Castell', 'Dorn', 'Ekman', 'Falk', 'Gerber', 'Hauser', 'Ilgen', 'Jost', 'Kranz', 'Lorenz']
  const trades = ['Pumps', 'Conveyors']
  return stems.flatMap((stem, i) =>
    trades.map((trade, j): Cell[] => [
      `PRO-${101 + i * 2 + j}`,
      `${stem} ${trade}`,
      date,
      random.next() < 0.5 ? 'core' : 'tail',
      'Germany',
      'prospect',
    ]),
  )
}
