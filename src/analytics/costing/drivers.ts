import type { Level } from './contract.ts'
import type { DriverType } from './time-equation.ts'

/**
 * What time equations may use, by the object they describe. All of it comes from order facts, without extra files.
 */
export const driversOf: Record<Exclude<Level, 'business'>, Record<string, DriverType>> = {
  /** One order line of goods or its return. */
  line: {
    /** Units, without sign. */
    units: 'number',
    /** Invoice amount, without sign, in the reporting currency. */
    amount: 'number',
    returned: 'boolean',
    /** Empty where the source does not say. */
    channel: 'text',
  },
  /** One order with at least one line of goods. */
  order: {
    lines: 'number',
    /** Units sold. */
    units: 'number',
    amount: 'number',
    returned_lines: 'number',
    channel: 'text',
    entry_mode: 'text',
    ship_mode: 'text',
    /** Delivery points; 1 where the source does not say. */
    drops: 'number',
    changes: 'number',
  },
  /** One customer with at least one order in the window. */
  customer: {
    orders: 'number',
    lines: 'number',
    returned_lines: 'number',
    /** Months of the window with an order. */
    months_active: 'number',
    amount: 'number',
  },
}
