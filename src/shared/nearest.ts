/** The known word that somebody most likely meant, if one is near enough: `custumer` gives `customer`. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = fold(word)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(wanted, fold(candidate), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** ` Did you mean "x"?` to put behind a message, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const found = nearest(word, known)
  return found === undefined ? undefined : `Did you mean "${found}"?`
}

const fold = (word: string): string => word.toLowerCase().replace(/[\s_-]/g, '')

/** Levenshtein distance with swaps of neighbours counted once; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, beforePrevious[j - 2] + 1)
      current.push(least)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length]
}
