/** Something that was planted in a sample company and that a user must be able to find. */
export interface PlantedTruth {
  /** In kebab-case, the name of the finding that should surface it. */
  name: string
  statement: string
  customers?: string[]
  products?: string[]
  /** Where it shows: a page of the web app. */
  where: string
}

export interface SampleCompany {
  name: string
  title: string
  currency: string
  folder: string
  /** Files that a user would import, in one go. */
  files: string[]
  /** How its dates are written, where a file alone could be read in two ways. */
  dateOrder?: 'dmy'
  truths: PlantedTruth[]
  /** What the generator knew: totals and parameters to compare the findings with. */
  known: Record<string, number | string | Record<string, number>>
}
