import { type ChartContext, valueChances, valueFrequency, valueLift, valueTracking } from '../../charts/index.ts'
import { formatShare } from '../../shared/format.ts'
import type { ReportData } from '../data.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { column, printTable } from '../tables.ts'

const verdicts: Record<string, string> = { fits: 'fits', mind: 'with care', misfit: 'does not fit', unknown: 'not told' }

/** Whether the models of customer value deserve to be believed: what they told of weeks that they had not seen, and whether the data are of their kind. */
export function modelsSection(data: ReportData, context: ChartContext): Section | null {
  const { valueModels, valueAdvice } = data
  const tried = (valueModels?.rows ?? []).filter((row) => row.fitted_on === 'calibration')
  const chosen = valueModels?.rows.find((row) => row.kind === 'purchases' && row.chosen === true)
  const best = tried.find((row) => row.model === chosen?.model)
  if (!best || !valueAdvice) return null
  return {
    id: 'models',
    title: 'Whether to believe the values',
    lede: `Models of repeat purchases were fitted on the first part of the data and held against the rest. The one taken, ${String(best.model)}, placed ${formatShare(Number(best.misplaced))} of the held-out purchases with the wrong group of customers.`,
    body: [
      html`<div class="keep"><h3>Week by week</h3>${figureOf(valueTracking(data.valueHoldout?.rows ?? [], context))}</div>`,
      html`<div class="keep"><h3>By tenth of customers</h3>${figureOf(valueLift(data.valueLift?.rows ?? [], context))}</div>`,
      html`<div class="keep"><h3>By chance to buy</h3>${figureOf(valueChances(data.valueLift?.rows ?? [], context))}</div>`,
      html`<div class="keep"><h3>By earlier frequency</h3>${figureOf(valueFrequency(data.valueCalibration?.rows ?? [], context))}</div>`,
      html`<h3>Do the data fit the model?</h3>`,
      printTable({
        columns: [
          { title: 'Question', type: 'text', room: 'name', value: (row) => row.title },
          { title: 'Verdict', type: 'text', value: (row) => verdicts[String(row.verdict)] ?? String(row.verdict) },
          { title: 'Found', type: 'text', room: 'words', value: (row) => String(row.text).replaceAll('`', '') },
        ],
        rows: valueAdvice.rows,
        currency: context.currency,
      }),
      html`<h3>All models that were tried</h3>`,
      printTable({
        columns: [
          column('model', 'Model', 'text'),
          column('status', 'Status', 'text'),
          column('log_likelihood', 'Log-likelihood', 'number'),
          column('holdout_error', 'Error of the total', 'ratio'),
          column('misplaced', 'Misplaced', 'ratio'),
          column('log_loss', 'Log loss', 'number'),
        ],
        rows: tried.filter((row) => row.kind !== 'spend'),
        currency: context.currency,
      }),
    ],
  }
}
