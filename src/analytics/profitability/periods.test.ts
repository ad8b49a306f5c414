import { expect, test } from 'vitest'
import { addMonths, choosePeriods, completeMonths, lastDayOf } from './periods.ts'

test('two years of data compare a year with the year before', () => {
  expect(choosePeriods({ from: '2022-01-01', to: '2023-12-01' })).toEqual({
    previous: { from: '2022-01-01', to: '2022-12-31' },
    current: { from: '2023-01-01', to: '2023-12-31' },
    months: 12,
  })
})

test('the longest of 12, 6, 3 and 1 months that fits twice is taken, the latest', () => {
  expect(choosePeriods({ from: '2010-12-01', to: '2011-11-01' })).toMatchObject({
    months: 6,
    previous: { from: '2010-12-01', to: '2011-05-31' },
  })
  expect(choosePeriods({ from: '2024-01-01', to: '2024-07-01' })).toMatchObject({
    months: 3,
    current: { from: '2024-05-01', to: '2024-07-31' },
  })
  expect(choosePeriods({ from: '2024-01-01', to: '2024-02-01' })).toMatchObject({
    months: 1,
    previous: { from: '2024-01-01', to: '2024-01-31' },
  })
  expect(choosePeriods({ from: '2024-01-01', to: '2024-01-01' })).toBeNull()
})

test('a month that breaks off is not whole', () => {
  expect(completeMonths({ firstDate: '2010-12-01', lastDate: '2011-12-09', longestGap: 12 })).toEqual({
    from: '2010-12-01',
    to: '2011-11-01',
  })
})

test('a holiday at the beginning does not break a month, a fortnight does', () => {
  expect(completeMonths({ firstDate: '2018-01-03', lastDate: '2018-03-31', longestGap: 0 })).toEqual({
    from: '2018-01-01',
    to: '2018-03-01',
  })
  expect(completeMonths({ firstDate: '2018-01-15', lastDate: '2018-03-31', longestGap: 20 })).toEqual({
    from: '2018-02-01',
    to: '2018-03-01',
  })
})

test('a few days in one month are no whole month', () => {
  expect(completeMonths({ firstDate: '2024-03-10', lastDate: '2024-03-14', longestGap: 0 })).toBeNull()
})

test('months roll over years and leap days', () => {
  expect(addMonths('2023-12-01', 1)).toBe('2024-01-01')
  expect(addMonths('2024-01-01', -1)).toBe('2023-12-01')
  expect(lastDayOf('2024-02-01')).toBe('2024-02-29')
})
