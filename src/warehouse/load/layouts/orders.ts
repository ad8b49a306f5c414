import { matchColumns } from '../match-columns.ts'
import { contractTable } from './contract-table.ts'
import type { Layout } from './layout.ts'
import { orderLines } from './order-lines.ts'

const heads = contractTable({
  id: 'orders',
  title: 'Orders',
  table: 'order',
  aliases: {
    order_id: [
      'order number',
      'order no',
      'order',
      'invoice number',
      'invoice no',
      'id',
      'Auftragsnummer',
      'Bestellnummer',
      'Belegnummer',
      'numéro de commande',
      'número de pedido',
      'ordernummer',
    ],
    customer_id: [
      'customer number',
      'customer no',
      'customer',
      'account id',
      'client id',
      'Kundennummer',
      'Kundennr',
      'code client',
      'id cliente',
      'klantnummer',
    ],
    order_date: [
      'date',
      'ordered at',
      'created at',
      'invoice date',
      'Auftragsdatum',
      'Bestelldatum',
      'Belegdatum',
      'Datum',
      'date de commande',
      'fecha de pedido',
      'fecha',
      'orderdatum',
    ],
    channel_id: ['channel', 'sales channel', 'source', 'Vertriebsweg', 'Kanal', 'canal'],
    ship_mode: ['shipping method', 'ship via', 'Versandart'],
    promised_date: ['required date', 'promised', 'due date', 'Wunschtermin', 'Liefertermin'],
    delivered_date: ['delivery date', 'delivered', 'delivered at', 'shipped date', 'Lieferdatum'],
    sales_rep_id: ['sales rep', 'salesperson', 'employee id', 'Vertreter', 'vendeur'],
    changes_count: ['changes'],
  },
  signature: [['order_id', 'order_date', 'customer_id']],
  names: /^(.*_)?(orders?|auftraege|auftrag|bestellungen|commandes|pedidos|order_heads?|order_headers?)$/,
})

const lineFields = ['product_id', 'product_name', 'quantity', 'unit_price']
const moneyFields = ['amount', 'gross_amount', 'list_amount']

/** Order heads without lines: who ordered when, by which way. A head with a total is only one beside a file with the lines. */
export const orders: Layout = {
  ...heads,
  recognise(columns, name) {
    const found = heads.recognise(columns, name)
    const sure = new Set(matchColumns(orderLines.fields, columns).flatMap((match) => (match.column ? [match.field] : [])))
    if (!found || lineFields.some((field) => sure.has(field))) return null
    return moneyFields.some((field) => sure.has(field)) ? { ...found, score: 1 } : found
  },
}
