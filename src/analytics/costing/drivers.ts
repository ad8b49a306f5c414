import type { ObjectLevel } from './model.ts'
import type { DriverType } from './time-equation.ts'

/**
 * What time equations may use, by the object they describe. All of it comes from order facts, without extra files; activities that count
 * events take the drivers of the table driver_event instead.
 */
export const driversOf: Record<ObjectLevel, Record<string, DriverType>> = {
  /** One order line of goods or its return. */
  line: {
    /** Units, without sign. */
    units: 'number',
    /** Invoice amount, without sign, in the reporting currency. */
    amount: 'number',
    /** Product cost, without sign; 0 where it is not known. */
    product_cost: 'number',
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
    /** Empty where the customer table does not say. */
    segment: 'text',
    country: 'text',
  },
  /** One channel with at least one order in the window. */
  channel: { orders: 'number', lines: 'number', returned_lines: 'number', customers: 'number', amount: 'number', channel: 'text' },
  /** One segment with at least one order in the window. */
  segment: { orders: 'number', lines: 'number', returned_lines: 'number', customers: 'number', amount: 'number', segment: 'text' },
}
