/** Whether the data fit the model, question by question and in plain words: what a careful analyst would look at first. */
import { formatNumber, formatShare } from '../../shared/format.ts'

/** `fits`: nothing to see; `mind`: use with care, as the text says; `misfit`: another model or unit is needed; `unknown`: the data do not tell. */
export type Verdict = 'fits' | 'mind' | 'misfit' | 'unknown'

export interface Advice {
  question: string
  title: string
  verdict: Verdict
  text: string
  /** The number behind the verdict, and what it is. */
  figure: number | null
  figureMeaning: string
}

const share = (value: number): string => formatShare(value)
const number = (value: number, digits = 1): string => formatNumber(value, { digits })

/** Lengths of the gaps between purchases, in days, with how many there are of each. */
export interface Gaps {
  days: Float64Array
  gaps: Float64Array
}

/** Gaps of 27 to 32 days, of two or three times that, and of a year: what standing orders and contracts leave. */
const byCalendar = (days: number): boolean =>
  (days >= 27 && days <= 32) || (days >= 58 && days <= 62) || (days >= 89 && days <= 93) || (days >= 363 && days <= 367)

/** Do purchases keep to the calendar, as renewals of a contract or a weekly round do? */
export function adviseDiscrete({ days, gaps }: Gaps): Advice {
  let [total, monthly, weekly, longer] = [0, 0, 0, 0]
  days.forEach((length, i) => {
    total += gaps[i]!
    if (byCalendar(length)) monthly += gaps[i]!
    if (length % 7 === 0) weekly += gaps[i]!
    if (length > 1) longer += gaps[i]!
  })
  const base = {
    question: 'discrete',
    title: 'Contract or set opportunities?',
    figureMeaning: 'share of gaps between purchases of about one, two, three or twelve months',
  }
  if (!(total >= 50)) return { ...base, verdict: 'unknown', figure: null, text: 'There are too few gaps between purchases to tell.' }
  const [ofMonth, ofWeek] = [monthly / total, longer > 0 ? weekly / total : 0]
  if (ofMonth >= 0.5)
    return {
      ...base,
      verdict: 'misfit',
      figure: ofMonth,
      text: `${share(ofMonth)} of the gaps are whole months or a year: this looks like contracts or standing orders. Treat renewals with sbg or bdw, set opportunities with bg-bb; models of free timing understate how sure the next order is.`,
    }
  if (ofWeek >= 0.5)
    return {
      ...base,
      verdict: 'mind',
      figure: ofMonth,
      text: `${share(ofWeek)} of the gaps are whole weeks (one in seven by chance): customers buy on their day of the week. Forecasts over months hold; read nothing into single days, or use bg-bb with weeks as opportunities.`,
    }
  return {
    ...base,
    verdict: 'fits',
    figure: ofMonth,
    text: `Purchases come at any time: ${share(ofMonth)} of the gaps are whole months, ${share(ofWeek)} whole weeks (one in seven by chance). Leaving goes unseen, so models of unseen leaving are the right kind.`,
  }
}

/**
 * Regularity by Wheat and Morrison (1990): of two gaps in a row, W = first / (first + last) has variance 1/(4(2k+1)) when gaps are Erlang-k,
 * whatever the customer's own rate. k = 1 is chance.
 */
export function regularityOf(pairs: { first: Float64Array; last: Float64Array; customers: Float64Array }): {
  k: number
  customers: number
} {
  let [n, sum, squares] = [0, 0, 0]
  pairs.first.forEach((first, i) => {
    const w = first / (first + pairs.last[i]!)
    n += pairs.customers[i]!
    sum += pairs.customers[i]! * w
    squares += pairs.customers[i]! * w * w
  })
  const variance = squares / n - (sum / n) ** 2
  return { k: (1 - 4 * variance) / (8 * variance), customers: n }
}

export function adviseRegularity(pairs: { first: Float64Array; last: Float64Array; customers: Float64Array }): Advice {
  const { k, customers } = regularityOf(pairs)
  const base = {
    question: 'regularity',
    title: 'Random or regular timing?',
    figureMeaning: 'regularity k by Wheat and Morrison; 1 is chance',
  }
  if (!(customers >= 50))
    return { ...base, verdict: 'unknown', figure: null, text: `Only ${customers} customers have three purchases; 50 are needed to tell.` }
  const text = `Two gaps in a row differ as with k = ${number(k)}`
  if (k >= 1.5)
    return {
      ...base,
      verdict: 'mind',
      figure: k,
      text: `${text}: purchases are more regular than chance. A late customer is then more surely gone: \`clientele fit mbg-cnbd-k\` or \`pareto-ggg\` on the log use it.`,
    }
  if (k < 0.6)
    return {
      ...base,
      verdict: 'mind',
      figure: k,
      text: `${text}: purchases come in bursts. Several orders of one need may count as several purchases: merge those within some days.`,
    }
  return { ...base, verdict: 'fits', figure: k, text: `${text}, close to chance (1), as BG/NBD, MBG/NBD and Pareto/NBD take it.` }
}

/** Do as many customers stay at one purchase as the model expects? */
export function adviseOneTimers(model: string, customers: number, actual: number, expected: number): Advice {
  const gap = (actual - expected) / customers
  const base = {
    question: 'one-timers',
    title: 'One-timers who never come back?',
    figure: gap,
    figureMeaning: 'share of one-time buyers, actual less expected',
  }
  const told = `${share(actual / customers)} bought once only in the part that ${model} saw; it expects ${share(expected / customers)}`
  if (Math.abs(gap) <= 0.03) return { ...base, verdict: 'fits', text: `${told}.` }
  return {
    ...base,
    verdict: Math.abs(gap) > 0.1 ? 'misfit' : 'mind',
    text:
      gap > 0
        ? `${told}. Some seem never to have meant to return (gifts, deals, trials): MBG/NBD lets customers leave at once; look at them apart.`
        : `${told}. More come back than told: the youngest customers may have been pushed by a welcome offer.`,
  }
}

/** One calendar month: purchases that came and that the model told of the same customers. */
export interface Month {
  month: number
  actual: number
  expected: number
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** Do purchases cluster in seasons? The index of a month is its share of what came over what was told, relative to all. */
export function adviseSeason(months: Month[], weeks: number): Advice {
  const base = {
    question: 'season',
    title: 'Seasons?',
    figureMeaning: 'strongest month: purchases over those told, relative to all months',
  }
  const [came, told] = [months.reduce((sum, { actual }) => sum + actual, 0), months.reduce((sum, { expected }) => sum + expected, 0)]
  const enough = months.filter(({ expected }) => expected > 0)
  if (weeks < 52 || enough.length < 12 || !(came > 100))
    return { ...base, verdict: 'unknown', figure: null, text: 'Less than a year of weeks: seasons cannot be told from growth.' }
  const index = (month: Month): number => month.actual / came / (month.expected / told)
  const noise = (month: Month): number => 3 / Math.sqrt((month.expected * came) / told)
  const sorted = [...enough].sort((one, other) => index(other) - index(one))
  const [high, low] = [sorted[0]!, sorted.at(-1)!]
  const strong = index(high) - 1 > Math.max(0.25, noise(high))
  const names = `${monthNames[high.month - 1]} ${number(index(high), 2)} times the level, ${monthNames[low.month - 1]} ${number(index(low), 2)} times`
  if (!strong) return { ...base, verdict: 'fits', figure: index(high), text: `No month stands out much: ${names}.` }
  const once = weeks < 104 ? ' Seen for less than two years, it may also be one campaign.' : ''
  return {
    ...base,
    verdict: 'mind',
    figure: index(high),
    text: `${names}. Twelve months hold one of each, shorter forecasts do not.${once} \`clientele fit pareto-nbd orders.csv --calendar seasons.csv\` tells season from loyalty.`,
  }
}

/** A quarter of the customers by age, oldest first. */
export interface Cohort {
  customers: number
  actual: number
  expected: number
  /** Variance of the actual, if the model holds. */
  variance: number
}

/** Are newer customers another kind than older ones? */
export function adviseDrift(cohorts: Cohort[]): Advice {
  const base = {
    question: 'drift',
    title: 'Are newer customers like older ones?',
    figureMeaning: 'repeat purchases over those told: newest quarter of customers less oldest',
  }
  const [oldest, newest] = [cohorts[0], cohorts.at(-1)]
  if (!oldest || !newest || cohorts.length < 3 || !(oldest.expected > 20) || !(newest.expected > 20))
    return { ...base, verdict: 'unknown', figure: null, text: 'There are too few repeat purchases to compare older with newer customers.' }
  const ratio = (cohort: Cohort): number => cohort.actual / cohort.expected
  const error = (cohort: Cohort): number => Math.sqrt(cohort.variance) / cohort.expected
  const gap = ratio(newest) - ratio(oldest)
  const sure = Math.abs(gap) > 3 * Math.hypot(error(oldest), error(newest))
  const told = `The newest quarter of customers bought ${share(ratio(newest))} of what one model for all tells, the oldest ${share(ratio(oldest))}`
  if (!(Math.abs(gap) > 0.15 && sure)) return { ...base, verdict: 'fits', figure: gap, text: `${told}: one model for all will do.` }
  return {
    ...base,
    verdict: Math.abs(gap) > 0.5 ? 'misfit' : 'mind',
    figure: gap,
    text: `${told}. Newer customers are ${gap > 0 ? 'better' : 'worse'}: values of the young are ${gap > 0 ? 'too low' : 'too high'}. Fit by cohort with pooling: \`clientele fit bg-nbd summary.csv --segment cohort\`.`,
  }
}

/** Is there history enough? */
export function adviseHistory(weeks: number, repeatBuyers: number, customers: number, meanGapWeeks: number | null): Advice {
  const base = {
    question: 'history',
    title: 'History enough?',
    figure: weeks,
    figureMeaning: 'weeks of purchases that the models were tried on',
  }
  const gap = meanGapWeeks === null ? '' : ` between purchases lie ${number(meanGapWeeks)} weeks on average;`
  const told = `${number(weeks, 0)} weeks,${gap} ${formatNumber(repeatBuyers, { digits: 0 })} of ${formatNumber(customers, { digits: 0 })} customers bought again`
  if (repeatBuyers < 200 || (meanGapWeeks !== null && weeks < 3 * meanGapWeeks))
    return { ...base, verdict: 'mind', text: `${told}. That is little: read intervals, not numbers.` }
  return { ...base, verdict: 'fits', text: `${told}.` }
}

/** Does the model beat the rule that everybody goes on as before? */
export function adviseNaive(model: string, misplaced: number, naive: number): Advice {
  const base = {
    question: 'naive',
    title: 'Better than a simple rule?',
    figure: misplaced - naive,
    figureMeaning: 'held-out purchases misplaced: model less naive rule',
  }
  const told = `${model} placed ${share(misplaced)} of the held-out purchases with the wrong customers, the rule that all goes on as before ${share(naive)}`
  return misplaced < naive
    ? { ...base, verdict: 'fits', text: `${told}.` }
    : { ...base, verdict: 'misfit', text: `${told}. Find what changed in the held-out weeks before using the values.` }
}

/** Are number and value of purchases apart, as the spend model takes them? */
export function adviseSpend(model: string, reason: string): Advice {
  return {
    question: 'spend',
    title: 'Value of a purchase apart from their number?',
    verdict: model === 'gamma-gamma' ? 'fits' : 'mind',
    figure: null,
    figureMeaning: '',
    text: `Spend by ${model}: ${reason}.`,
  }
}
