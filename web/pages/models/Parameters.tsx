import { formatNumber } from '../../../src/shared/format.ts'
import type { Row } from '../../parts/api.ts'
import { Section } from '../../parts/Page.tsx'
import classes from '../../parts/parts.module.css'
import own from './models.module.css'

const meanings: Record<string, string> = {
  r: 'shape of the purchase rates: the smaller, the more customers differ',
  alpha: 'weeks: r / alpha is the mean number of purchases a week while active',
  a: 'a / (a + b) is the mean chance to leave after a purchase',
  b: 'beside a',
  s: 'shape of the leaving rates: the smaller, the more customers differ',
  beta: 'weeks: s / beta is the mean leaving rate a week',
  p: 'shape of one customer’s purchase values: the larger, the steadier',
  q: 'shape of the differences between customers',
  gamma: 'money: p gamma / (q - 1) is the average value of a purchase',
  k: 'purchases for which the average of all stands beside a customer’s own',
  average: 'money: average value of a purchase',
  within: 'money: spread of one customer’s purchases',
  between: 'money: spread between customers',
  variation: 'spread of one customer’s purchases over their mean',
}

const parse = (text: unknown): Record<string, number> =>
  typeof text === 'string' && text !== ''
    ? JSON.parse(text)
    : typeof text === 'object' && text !== null
      ? (text as Record<string, number>)
      : {}

/** Parameters of the models that the values come from, with 90 % intervals on the scale on which they are nearest to normal. */
export function Parameters({ rows }: { rows: Row[] }) {
  const chosen = rows.filter((row) => row.fitted_on === 'all' && row.chosen === true)
  const lines = chosen.flatMap((row) => {
    const errors = parse(row.standard_errors)
    return Object.entries(parse(row.parameters)).map(([name, value]) => {
      const reach = errors[name] !== undefined && value > 0 ? Math.exp((1.6449 * errors[name]) / value) : null
      return { model: String(row.model), name, value, low: reach && value / reach, high: reach && value * reach }
    })
  })
  if (lines.length === 0) return null
  const show = (value: number | null) =>
    value === null ? '–' : value >= 1e8 ? 'beyond measure' : formatNumber(value, { digits: Math.abs(value) < 10 ? 3 : 1 })
  return (
    <Section
      title="Parameters"
      id="parameters"
      lead="Of the fits on all data. Single parameters are often determined weakly; judge the model by what it tells above."
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={own.wide} tabIndex={0} aria-label="Parameters of the models, as a table">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Parameter</th>
              <th scope="col" className={classes.right}>
                Estimate
              </th>
              <th scope="col" className={classes.right}>
                90 % from
              </th>
              <th scope="col" className={classes.right}>
                to
              </th>
              <th scope="col">Means</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={`${line.model} ${line.name}`}>
                <td>{line.model}</td>
                <td>{line.name}</td>
                <td className={classes.right}>{show(line.value)}</td>
                <td className={classes.right}>{show(line.low)}</td>
                <td className={classes.right}>{show(line.high)}</td>
                <td className={own.meaning}>{meanings[line.name] ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  )
}
