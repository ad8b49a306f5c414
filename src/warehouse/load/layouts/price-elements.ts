import { contractTable } from './contract-table.ts'

/** Discounts, rebates and charges between list price and pocket price. */
export const priceElements = contractTable({
  id: 'price-elements',
  title: 'Price elements',
  table: 'price_element',
  aliases: {
    element_id: ['element', 'condition id', 'id'],
    type: ['element type'],
    name: ['element name', 'condition', 'Kondition', 'Bezeichnung'],
    amount: ['value', 'Betrag', 'montant', 'importe'],
    line_no: ['line', 'line number', 'Position'],
    period: ['month', 'Monat', 'Periode', 'mois', 'mes'],
  },
  types: { period: 'month', currency: 'currency' },
  signature: [['element_id', 'type', 'amount']],
  names: /price_?element|condition|rebate|discount|kondition/,
})
