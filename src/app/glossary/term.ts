/** A word that the product uses, explained once. */
export interface Term {
  /** In kebab-case. */
  id: string
  term: string
  /** Two sentences: what it is, and what it is good for. */
  meaning: string
  formula?: string
  /** Where it misleads. */
  limits?: string
  /** What others call it. */
  synonyms: string[]
  /** Ids of terms to read next. */
  see: string[]
  /** Columns that show it: `customer_profit.contribution`, or a row of a table: `concentration.index=hhi`. */
  shownIn: string[]
}

type Extra = Partial<Omit<Term, 'id' | 'term' | 'meaning'>>

/** A term; its id is made of its name. */
export function define(term: string, meaning: string, extra: Extra = {}): Term {
  const id = term
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return { id, term, meaning, synonyms: [], see: [], shownIn: [], ...extra }
}
