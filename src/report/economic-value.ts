import type { EconomicValue } from '../app/economic-value.ts'
import { replaceFile } from './replace-file.ts'
import { writeBook } from './xlsx/book.ts'
import type { BookCell } from './xlsx/cell.ts'

const parts: [part: string, title: string][] = [
  ['functional', 'Functional gain'],
  ['startUp', 'Start-up saving'],
  ['postPurchase', 'Post-purchase saving'],
]

/** The worksheet of economic value as a workbook: advantages are values to change, everything made of them is a formula. */
export async function writeEconomicValue(
  file: string,
  value: EconomicValue,
  options: { currency: string; createdAt: string; price?: number | undefined },
): Promise<void> {
  const rows: (BookCell | null)[][] = []
  const add = (...cells: (BookCell | null)[]): number => rows.push(cells)
  const text = (content: string, look: BookCell['look'] = 'text'): BookCell => ({ look, value: content })
  const money = (content: number | null, formula?: string, strong = false): BookCell => ({
    look: strong ? 'strongMoney' : 'money',
    value: content,
    ...(formula ? { formula } : {}),
  })
  add(text('Economic value to the customer', 'title'))
  add(
    text(
      'Advantages are present values, already weighted by their probability. Change one and the value, what the customer keeps and its share follow.',
      'note',
    ),
  )
  add()
  add(text('Part', 'heading'), text('What', 'heading'), text('Probability', 'headingRight'), text('Present value', 'headingRight'))
  const reference = add(
    text('Price of the reference', 'strong'),
    text('the best alternative that the customer really has'),
    null,
    money(value.reference, undefined, true),
  )
  const subtotals: number[] = []
  for (const [part, title] of parts) {
    const first = rows.length + 1
    const own = value.lines.filter((line) => line.part === part)
    for (const { name, probability, present } of own) add(text(title), text(name), { look: 'ratio', value: probability }, money(present))
    const sum = own.reduce((total, { present }) => total + present, 0)
    subtotals.push(add(text(title, 'strong'), null, null, money(sum, own.length > 0 ? `SUM(D${first}:D${rows.length})` : undefined, true)))
  }
  const switching = add(text('Switching cost', 'strong'), text('taken off'), null, money(value.switchingCost, undefined, true))
  const total = add(
    text('Economic value', 'strong'),
    null,
    null,
    money(value.economicValue, `D${reference}+${subtotals.map((row) => `D${row}`).join('+')}-D${switching}`, true),
  )
  if (options.price !== undefined) {
    const price = add(text('Our price', 'strong'), null, null, money(options.price, undefined, true))
    add(text('The customer keeps', 'strong'), null, null, money(value.customerKeeps, `D${total}-D${price}`, true))
    add(text('Its share of the advantage', 'strong'), null, null, {
      look: 'strongRatio',
      value: value.customerShare,
      formula: `IF(D${total}>D${reference},(D${total}-D${price})/(D${total}-D${reference}),"")`,
    })
  }
  add()
  add(text(value.verdict, 'note'))
  await replaceFile(file, (temporary) =>
    writeBook(temporary, {
      title: 'Economic value to the customer',
      author: 'Clientele',
      createdAt: options.createdAt,
      currency: options.currency,
      sheets: [{ name: 'Economic value', widths: [26, 46, 13, 18], frozen: { rows: 4, columns: 1 }, rows }],
      names: [{ name: 'economic_value', refersTo: `'Economic value'!$D$${total}` }],
    }),
  )
}
