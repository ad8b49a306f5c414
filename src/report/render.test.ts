import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { examplePortfolio } from '../charts/example.ts'
import { lightTheme, movers, whaleCurve } from '../charts/index.ts'
import { escapeHtml } from './escape.ts'
import { renderChart } from './render.ts'

const eur = { currency: 'EUR', measure: 'contribution' } as const

function elements(xml: string): string[] {
  const names: string[] = []
  const parser = new SaxesParser()
  parser.on('opentag', (tag) => names.push(tag.name))
  parser.on('error', (error) => {
    throw error
  })
  parser.write(xml).close()
  return names
}

describe('charts on the server', () => {
  test('are well-formed SVG files of their own', () => {
    const tables = examplePortfolio()
    const svg = renderChart(whaleCurve({ points: tables.whale_curve, concentration: tables.concentration }, eur), {
      width: 640,
      theme: lightTheme,
    })
    expect(svg.startsWith('<svg ')).toBe(true)
    expect(elements(svg)[0]).toBe('svg')
    expect(svg).not.toMatch(/\d\.\d{3,}/)
  })

  test('keep hostile names as text, in content and in attributes', () => {
    const name = '"><script>alert(1)</script>&lt;\u0000\u001b[31m\ud800'
    const row = { customer_id: '1', name, status: 'kept', previous_measure: '0', current_measure: '10.0000', change: '10.0000' }
    const svg = renderChart(movers([row], eur), { width: 640, theme: lightTheme })
    expect(elements(svg)).not.toContain('script')
    for (const bad of ['<script', '\u0000', '\u001b', '\ud800']) expect(svg).not.toContain(bad)
  })

  test('escaping leaves nothing that a parser could read as markup', () => {
    expect(escapeHtml(`<b a="1" c='2'>&\u0007`)).toBe('&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;')
    expect(escapeHtml('Ærø 😀')).toBe('Ærø 😀')
  })
})
