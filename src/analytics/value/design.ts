/** Covariates as columns of numbers: numbers as they are, categories as one column each beside the commonest. */
import { AppError } from '../../shared/errors.ts'
import { RowProblems, type SummaryTable } from './summary-table.ts'

export interface Design {
  /** Column, or column=category. */
  names: string[]
  /** One value a row (or cell). */
  columns: Float64Array[]
}

/** A column of text with more categories than this is an id or free text, not a covariate. */
const mostCategories = 30

export const noCovariates: Design = { names: [], columns: [] }

/**
 * Columns of a table as covariates. A column whose fields are all numbers is one; any other is a category: one column of 0 and 1 for each
 * value but the commonest (the first by name among equals), with which the others are compared.
 *
 * @throws AppError for an unknown column, an empty field, or too many categories.
 */
export function readDesign(table: SummaryTable, wanted: readonly string[]): Design {
  const problems = new RowProblems(table)
  const design: Design = { names: [], columns: [] }
  for (const name of wanted) {
    const at = table.header.findIndex((title) => title.trim().toLowerCase() === name.trim().toLowerCase())
    if (at < 0)
      throw new AppError('fit.covariate', `there is no column ${name} to take as a covariate`, {
        kind: 'usage',
        hint: `the file has ${table.header.join(', ')}`,
      })
    const fields = table.rows.map((row) => row[at] ?? '')
    fields.forEach((field, row) => {
      if (field === '') problems.add(row, at, `covariate ${table.header[at]} is empty: fill it in or leave the customer out`)
    })
    problems.throwIfAny()
    const title = table.header[at]!.trim()
    if (fields.every((field) => Number.isFinite(Number(field)))) {
      design.names.push(title)
      design.columns.push(Float64Array.from(fields, Number))
      continue
    }
    const counts = new Map<string, number>()
    for (const field of fields) counts.set(field, (counts.get(field) ?? 0) + 1)
    if (counts.size > mostCategories)
      throw new AppError(
        'fit.covariate',
        `covariate ${title} has ${counts.size} different values; at most ${mostCategories} categories can be told apart`,
        {
          hint: 'group the rare ones, or give a number',
        },
      )
    const [reference] = [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))[0]!
    for (const category of [...counts.keys()].filter((value) => value !== reference).sort()) {
      design.names.push(`${title}=${category}`)
      design.columns.push(Float64Array.from(fields, (field) => (field === category ? 1 : 0)))
    }
  }
  return design
}
