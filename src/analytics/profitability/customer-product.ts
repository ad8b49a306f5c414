import { z } from 'zod'
import type { StepContext } from '../../pipeline/step.ts'
import { compareDecimals } from '../../shared/decimal.ts'
import { formatCount } from '../../shared/format.ts'
import { id, sql } from '../../warehouse/sql.ts'
import { customerProduct } from './contract.ts'
import * as layer from './layers.sql.ts'
import { literalRows } from './rows.sql.ts'

export const customerProductParameters = z.strictObject({
  /** Up to how many order lines the table is written; beyond it has nearly as many rows as there are lines. Defaults to 5 million. */
  mostLines: z.number().int().min(0).default(5_000_000),
})

/**
 * What each customer buys. With millions of consumers nearly every line is a row of its own, so that the table would cost more than all
 * others together and say little more than the lines; it is then left empty, and the page of a customer reads its lines.
 *
 * Works on the relation valued_line that step contribution-layers left in the warehouse.
 */
export async function writeCustomerProduct(context: StepContext<z.infer<typeof customerProductParameters>>): Promise<void> {
  const { warehouse, signal, parameters, check, has } = context
  const layers = await warehouse.rows(sql`select layer, available, amount from layer`, { signal })
  const row = (name: string) => layers.find((one) => one.layer === name)
  const [{ lines }] = await warehouse.rows(sql`select cast(sum(lines) as bigint) as lines from customer_profit`, { signal })
  if (Number(lines) > parameters.mostLines) {
    await context.save(customerProduct, literalRows(customerProduct, []))
    check({
      name: 'customer-product-left-out',
      title: 'Customer and product together are not written',
      status: 'warn',
      blocking: false,
      detail:
        `${formatCount(Number(lines))} order lines are more than the ${formatCount(parameters.mostLines)} up to which the table customer_product is written. ` +
        'Each customer’s products are still on the customer’s page. To have the table, raise `mostLines` of step customer-product in clientele.yaml.',
    })
    return
  }
  const available = { list: row('list_revenue')?.available === true, cost: row('contribution')?.available === true }
  const query = layer.customerProduct(available, { customers: has('customer'), products: has('product') })
  await context.save(customerProduct, query, sql`customer_key, product_key`)
  const [sums] = await warehouse.rows(layer.layerTotalsOf(id('customer_product'), available), { signal })
  const names = Object.keys(sums).filter((name) => name !== 'lines')
  const wrong = names.filter((name) => compareDecimals(String(sums[name]), String(row(name)?.amount)) !== 0)
  const tell = (of: (name: string) => unknown) =>
    (wrong.length > 0 ? wrong : ['net_revenue']).map((name) => `${name} ${of(name)}`).join(', ')
  check({
    name: 'layers-tie-customer-product',
    title: 'Layers agree between customer_profit and customer_product',
    status: wrong.length === 0 && Number(sums.lines) === Number(lines) ? 'pass' : 'fail',
    blocking: true,
    detail:
      wrong.length === 0
        ? 'Each layer adds up to the same total in customer_profit and in customer_product, to the last decimal.'
        : `The totals of ${wrong.join(', ')} differ.`,
    expected: tell((name) => row(name)?.amount),
    actual: tell((name) => sums[name]),
  })
}
