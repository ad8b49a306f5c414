/**
 * Colours of charts. Profit is blue and loss orange: told apart by colour-blind readers, and by lightness in greyscale (contrast 2.5:1
 * on white, 1.9:1 on black). Marks keep 3:1 against the ground, text 4.5:1.
 */
export interface ChartTheme {
  name: 'light' | 'dark'
  background: string
  text: string
  /** Second-rank text: axis labels, notes. */
  muted: string
  grid: string
  /** Zero lines and connectors. */
  rule: string
  profit: string
  loss: string
  /** Text in the colour of loss and profit. */
  profitText: string
  lossText: string
  /** Quantities that are neither gain nor loss: revenue, levels. */
  neutral: string
  /** Ground of a region worth noticing and of bands of doubt. */
  profitWash: string
  lossWash: string
  band: string
}

export const lightTheme: ChartTheme = {
  name: 'light',
  background: '#ffffff',
  text: '#1a1f27',
  muted: '#5b6573',
  grid: '#e4e7ec',
  rule: '#8b95a3',
  profit: '#174f8f',
  loss: '#d9730d',
  profitText: '#174f8f',
  lossText: '#a34d00',
  neutral: '#8b95a3',
  profitWash: '#e9f0f8',
  lossWash: '#fdf1e4',
  band: '#c3d5ea',
}

export const darkTheme: ChartTheme = {
  name: 'dark',
  background: '#12161c',
  text: '#e8ebf0',
  muted: '#9aa5b4',
  grid: '#262d37',
  rule: '#5f6b7a',
  profit: '#9ccbf7',
  loss: '#d9730d',
  profitText: '#9ccbf7',
  lossText: '#f0a04f',
  neutral: '#6f7b8b',
  profitWash: '#17222f',
  lossWash: '#2b2016',
  band: '#2d4a68',
}
