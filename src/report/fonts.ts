import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

// Subsets of the typeface with the characters they cover, as its package declares them. Only what a text needs is embedded.
const subsets = [
  {
    name: 'latin',
    covers: /./,
    range:
      'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
  },
  {
    name: 'latin-ext',
    covers: /[\u0100-\u02ba\u1d00-\u1dbf\u1e00-\u1e9f\u1ef2-\u1eff\u20a0-\u20ab\u20ad-\u20c0\u2113]/,
    range:
      'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF',
  },
  { name: 'greek', covers: /[\u0370-\u03ff]/, range: 'U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF' },
  {
    name: 'cyrillic',
    covers: /[\u0400-\u045f\u0490-\u0491\u04b0-\u04b1\u2116]/,
    range: 'U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116',
  },
]

/** Style rules that embed the typeface for a text, so that a page looks the same everywhere and asks nobody; none where it is not installed. */
export async function fontFaces(text: string): Promise<string> {
  const require = createRequire(import.meta.url)
  const faces: string[] = []
  for (const { name, covers, range } of subsets) {
    if (!covers.test(text)) continue
    try {
      const data = await readFile(require.resolve(`@fontsource-variable/inter/files/inter-${name}-wght-normal.woff2`))
      faces.push(
        `@font-face{font-family:"Inter Variable";font-style:normal;font-weight:100 900;src:url(data:font/woff2;base64,${data.toString('base64')}) format("woff2");unicode-range:${range}}`,
      )
    } catch {
      // Without the package the system's own typeface stands in.
      return ''
    }
  }
  return faces.join('\n')
}
