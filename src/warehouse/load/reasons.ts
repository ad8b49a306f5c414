/** What a reason for setting rows aside means, and what to do about it. Unknown ones say their own name. */
const reasons: Record<string, [title: string, repair: string]> = {
  'date-unreadable': ['Date cannot be read', 'Correct the date in the source and import the file again.'],
  'date-wrong-order': ['Date does not exist in the order that was settled', 'Check --date-order, or correct the date in the source.'],
  'date-before-1970': ['Date before 1970', 'Correct the date; figures begin in 1970.'],
  'date-in-future': ['Date in the future', 'Correct the date, or import again when the day has come.'],
  'number-unreadable': ['Not a number', 'Correct the value in the source.'],
  'number-wrong-marks': ['Number does not fit the decimal mark', 'Check --decimal-mark, or correct the value in the source.'],
  'number-not-finite': ['NaN or infinity instead of a number', 'Export the value again; the source computed it wrongly.'],
  'number-out-of-range': ['Number too large to be an amount', 'Amounts have at most 14 digits before the decimal mark; correct the value.'],
  'formula-error': ['A formula or its error instead of a value', 'Export values, not formulas.'],
  'yes-or-no-unreadable': ['Neither yes nor no', 'Write true or false.'],
  'currency-unknown': ['Not a currency code', 'Write the code of ISO 4217, such as EUR.'],
  'quantity-zero-with-amount': ['Quantity zero, but an amount', 'Give the quantity, or book the amount with quantity 1.'],
  'list-price-negative': ['Negative list price', 'Give the list price without sign; corrections belong in the invoiced amount.'],
  'signs-disagree': ['Negative quantity with a positive amount', 'Give returns a negative amount as well.'],
  'missing-order-date': ['No date', 'Fill the date in the source.'],
  'missing-amount': ['No amount', 'Fill the amount, or quantity and price.'],
  'unknown-customer': ['Customer is not in the customer table', 'Add the customer to the customer table and import again.'],
  'unknown-product': ['Product is not in the product table', 'Add the product to the product table and import again.'],
  'unknown-order': ['Order is not in the order table', 'Add the order to the order table and import again.'],
  'order-voided': ['Order was voided or expired: no money was taken', 'Nothing, unless the status is wrong in the shop.'],
  'already-imported': ['Order stands in an earlier import, line for line', 'Nothing: it is counted once.'],
  'order-changed': [
    'Order stands in an earlier import with other lines',
    'Undo the earlier import with `clientele undo`, then import the newer file; until then the earlier lines count.',
  ],
  'repeated-row': ['The same row stands earlier in the table', 'Nothing: it is kept once.'],
  'driver-outside-scale': ['A relationship score lies outside 1 to 7', 'Score the six drivers from 1 to 7.'],
  'scale-empty': ['The scale of an answer is empty', 'Give the lowest and the highest possible answer.'],
  'answer-outside-scale': ['An answer lies outside its scale', 'Correct the answer or the scale.'],
  'price-element-type-unknown': ['Type is neither on_invoice nor off_invoice', 'Write one of them.'],
  'off-invoice-without-period': ['Off-invoice element without a period', 'Give the month as YYYY-MM.'],
  'price-element-without-object': ['Neither order nor customer', 'Say to which order or customer it belongs.'],
  'rate-not-positive': ['Exchange rate is not above zero', 'Correct the rate.'],
  'unit-cost-negative': ['Negative unit cost', 'Correct the cost.'],
  'capacity-not-positive': ['Practical capacity is not above zero', 'Give hours present less breaks, training and meetings.'],
  'capacity-above-theoretical': ['Practical capacity is more than the theoretical', 'See whether the two columns are swapped.'],
  'share-outside': ['Share is not between 0 and 1', 'Write 0.25 for a quarter.'],
  'drivers-no-json': ['Drivers are no JSON', 'Write them as {"distance": 12}.'],
  'minutes-negative': ['Negative observed minutes', 'Correct the time.'],
  'event-without-object': ['Neither order, customer nor channel', 'Say to whom the event belongs.'],
  'capital-rate-outside': ['Capital rate is not between 0 and 1', 'Write 0.1 for ten per cent a year.'],
  'ragged-row': ['Row has more or fewer cells than the header', 'Check the quoting of the row.'],
}

/** Title and repair of a reason. */
export function describeReason(reason: string): { title: string; repair: string } {
  const known = reasons[reason]
  if (known) return { title: known[0], repair: known[1] }
  const words = reason.replaceAll('-', ' ')
  if (reason.startsWith('missing-')) return { title: `No ${words.slice(8)}`, repair: 'Fill it in the source and import the file again.' }
  return { title: words.charAt(0).toUpperCase() + words.slice(1), repair: 'Correct the row in the source and import the file again.' }
}
