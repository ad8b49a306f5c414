import type { Sql } from '../../sql.ts'
import { sql } from '../../sql.ts'

/** Money as a whole number of ten-thousandths. */
export function tenThousandths(money: Sql): Sql {
  return sql`cast(cast(${money} as decimal(22, 4)) * 10000 as hugeint)`
}

/** Money from a whole number of ten-thousandths. */
export function fromTenThousandths(units: Sql): Sql {
  return sql`cast(cast(${units} as decimal(34, 0)) * cast(0.0001 as decimal(4, 4)) as decimal(18, 4))`
}

/** a / b of whole numbers, rounded half away from zero: division of decimals is a float in the engine. Null when b is 0. */
export function divideWhole(a: Sql, b: Sql): Sql {
  return sql`case when ${b} <> 0 then (case when (${a} < 0) = (${b} < 0) then 1 else -1 end) * ((2 * abs(${a}) + abs(${b})) // (2 * abs(${b}))) end`
}

/** money / ratio as money; the ratio has 8 decimals. Null when the ratio is 0. */
export function divideMoney(money: Sql, ratio: Sql): Sql {
  return fromTenThousandths(
    divideWhole(sql`(${tenThousandths(money)} * 100000000)`, sql`cast(cast(${ratio} as decimal(26, 8)) * 100000000 as hugeint)`),
  )
}

/**
 * quantity x price as money, null when it does not fit. Products below a million fit into 18 digits with 12 decimals, where rounding to
 * 4 is a hundred times quicker than in 38 digits; both round the exact product once.
 */
export function multiplyMoney(quantity: Sql, price: Sql): Sql {
  return sql`case
    when abs(${quantity}) < 1000 and abs(${price}) < 1000 then cast(cast(${quantity} as decimal(18, 4)) * cast(${price} as decimal(18, 8)) as decimal(18, 4))
    else try_cast(cast(${quantity} as decimal(38, 4)) * ${price} as decimal(18, 4)) end`
}
