import { type Rejects, shorten } from './staging.ts'
import type { Detected } from './types.ts'

const total =
  /^((grand|sub|net|overall|report)[ -]?)?(totals?|sum(me)?|gesamt(summe|betrag|ergebnis)?|zwischensumme|insgesamt|total(e|es)?( g[e\u00e9]n[e\u00e9]ral)?|totaal|suma|sous[ -]total|totalt)\b[^\p{L}]*(?=$|\p{L}|\()/iu
const closing =
  /^(\u00a9|\(c\)|copyright\b|all rights reserved|confidential\b|generated\b|created (by|on|at)\b|exported\b|printed\b|report\b|page \d|end of (report|file|data)|source\s*:|note\s*:|filters?\b|\d[\d,. ]* (rows?|records?|lines?|orders?)\b|(rows?|records?|count|anzahl)\s*[:=]|erstellt\b|seite \d|stand\s*:)/i

/** Rows that may be held back before it is clear whether data follow. */
const most = 30

interface Held {
  row: number
  text: string
}

/**
 * Tells totals, copyright lines and the like from data. At the end of a table they are dropped and counted; with data behind them they go
 * to the rejects as `total-row`, so that no subtotal is ever summed as if it were a sale.
 */
export class FooterWatch {
  private readonly width: number
  private readonly rejects: Rejects
  private held: Held[] = []

  constructor(width: number, rejects: Rejects) {
    this.width = width
    this.rejects = rejects
  }

  /** Whether a row is a total or a closing line; it is then taken care of. */
  isFooter(row: number, cells: readonly (string | null)[]): boolean {
    if (!looksLikeFooter(cells, this.width)) return false
    this.held.push({ row, text: shorten(cells.filter((cell) => cell?.trim()).join(' ')) })
    if (this.held.length > most) this.release(1)
    return true
  }

  /** To be called with every row that is not a footer. */
  dataFollows(): void {
    if (this.held.length > 0) this.release(this.held.length)
  }

  /** What was dropped at the end, for the statement. */
  finish(): Detected | undefined {
    if (this.held.length === 0) return undefined
    const [{ row, text }] = this.held
    return {
      what: 'footer',
      value: `${this.held.length} ${this.held.length === 1 ? 'row' : 'rows'} of totals or notes below the data, left out`,
      example: `row ${row}: ${text.slice(0, 80)}`,
    }
  }

  private release(count: number): void {
    for (const { row, text } of this.held.splice(0, count))
      this.rejects.add({ row, column: null, value: text, reason: 'total-row', expected: 'a data row, not a total or a note' })
  }
}

/** A total stands in front of a row that is half empty; a note stands alone. */
export function looksLikeFooter(cells: readonly (string | null)[], width: number): boolean {
  const filled = cells.filter((cell) => cell !== null && cell.trim() !== '') as string[]
  if (filled.length === 0 || width < 2) return false
  const first = filled[0].trim().replace(/^\ufeff/, '')
  if (filled.length === 1 && closing.test(first)) return true
  if (2 * filled.length > width && !(width <= 3 && filled.length < width) && !(width === 2 && filled.length === 2)) return false
  return total.test(first) || (filled.length <= 2 && closing.test(first))
}
