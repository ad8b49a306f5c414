import { contractTable } from './contract-table.ts'

/** Entries of the general ledger: what was spent. */
export const ledger = contractTable({
  id: 'ledger',
  title: 'Ledger',
  table: 'ledger',
  aliases: {
    entry_id: [
      'entry',
      'entry number',
      'entry no',
      'document number',
      'journal id',
      'id',
      'Belegnummer',
      'Buchungsnummer',
      'numéro écriture',
    ],
    period: ['month', 'posting period', 'Periode', 'Monat', 'Buchungsmonat', 'période', 'mois', 'período', 'mes'],
    account: ['account number', 'account no', 'gl account', 'Konto', 'Sachkonto', 'compte', 'cuenta', 'conto', 'rekening'],
    cost_centre: ['cost center', 'Kostenstelle', 'centre de coûts', 'centro de coste', 'centro di costo', 'kostenplaats'],
    amount: ['value', 'Betrag', 'montant', 'importe', 'importo', 'bedrag'],
    excluded_reason: ['excluded because'],
  },
  types: { period: 'month', currency: 'currency', account: 'id', cost_centre: 'id' },
  signature: [['entry_id', 'period', 'account', 'amount']],
  names: /ledger|journal|gl|buchung|konto|trial/,
})
