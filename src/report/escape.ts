// Control characters (but not tab and line ends) and halves of surrogate pairs: no place in HTML, SVG or a workbook's XML.
const control = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu

/** Text without characters that XML refuses: control characters and halves of surrogate pairs. */
export const clean = (text: string): string => text.replace(control, '')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for HTML, SVG and XML, in content and in attributes between double quotes. */
export const escapeHtml = (text: string): string => clean(text).replace(/[&<>"']/g, (character) => entities[character]!)
