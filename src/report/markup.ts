import { escapeHtml } from './escape.ts'

/** HTML that is known to be safe: made by {@link html} or taken over with {@link raw}. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | null | undefined | false | readonly Part[]

/** A tagged template whose values are escaped unless they are markup themselves: a name cannot become an element. */
export function html(parts: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(parts.map((part, index) => part + (index < values.length ? write(values[index]) : '')).join(''))
}

/** Text that is markup already: drawings and styles that this product made itself. */
export const raw = (text: string): Markup => new Markup(text)

function write(value: Part): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(write).join('')
  return escapeHtml(String(value))
}
