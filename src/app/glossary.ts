import { changeTerms } from './glossary/change.ts'
import { concentrationTerms } from './glossary/concentration.ts'
import { costingTerms } from './glossary/costing.ts'
import { dataTerms } from './glossary/data.ts'
import { layerTerms } from './glossary/layers.ts'
import { modelTerms } from './glossary/models.ts'
import { planningTerms } from './glossary/planning.ts'
import { pricingTerms } from './glossary/pricing.ts'
import { resultTerms } from './glossary/results.ts'
import { servingTerms } from './glossary/serving.ts'
import type { Term } from './glossary/term.ts'
import { valueTerms } from './glossary/value.ts'

export type { Term } from './glossary/term.ts'

const collator = new Intl.Collator('en')

/** All terms that screens, reports and messages use, by name. */
export const glossary: readonly Term[] = [
  ...layerTerms,
  ...concentrationTerms,
  ...changeTerms,
  ...costingTerms,
  ...dataTerms,
  ...pricingTerms,
  ...resultTerms,
  ...servingTerms,
  ...valueTerms,
  ...modelTerms,
  ...planningTerms,
].sort((a, b) => collator.compare(a.term, b.term))

/** Terms for words that somebody types, the best first: by name, then by synonym, then by what is said about them. */
export function findTerms(words: string, limit = 20): Term[] {
  const wanted = fold(words)
  if (wanted === '') return []
  const score = (term: Term): number => {
    const name = fold(term.term)
    if (name === wanted) return 5
    if (name.startsWith(wanted)) return 4
    if (term.synonyms.some((synonym) => fold(synonym) === wanted)) return 3
    if (name.includes(wanted) || term.synonyms.some((synonym) => fold(synonym).includes(wanted))) return 2
    return fold(term.meaning).includes(wanted) ? 1 : 0
  }
  return glossary
    .map((term) => ({ term, score: score(term) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map((hit) => hit.term)
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('-', ' ').trim()
}
