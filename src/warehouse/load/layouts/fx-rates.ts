import { contractTable } from './contract-table.ts'

/** Exchange rates into the reporting currency. */
export const fxRates = contractTable({
  id: 'fx-rates',
  title: 'Exchange rates',
  table: 'fx_rate',
  aliases: {
    currency: ['currency code', 'from currency', 'Währung', 'devise', 'moneda', 'valuta'],
    date: ['valid from', 'rate date', 'day', 'Datum', 'fecha', 'data'],
    rate: ['exchange rate', 'fx rate', 'Kurs', 'Wechselkurs', 'taux', 'tipo de cambio', 'cambio', 'koers'],
  },
  types: { currency: 'currency' },
  signature: [['currency', 'date', 'rate']],
  never: ['amount', 'quantity', 'customerid', 'orderid'],
  names: /fx|exchange|rate|kurs|taux|cambio/,
})
