import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { type ExampleTables, examplePortfolio } from './example.ts'
import {
  bridgeWaterfall,
  type Chart,
  type ChartContext,
  type ChartFrame,
  concentrationDots,
  darkTheme,
  drawChart,
  layerRows,
  layersWaterfall,
  lightTheme,
  monthTrend,
  movers,
  sizeProfit,
  whaleCurve,
} from './index.ts'

const eur = { currency: 'EUR', measure: 'contribution' } as const

const allCharts = (tables: ExampleTables, context: ChartContext): Chart[] => [
  whaleCurve({ points: tables.whale_curve, concentration: tables.concentration }, context),
  whaleCurve({ points: tables.whale_curve, concentration: tables.concentration }, context, 'share'),
  layersWaterfall(tables.layer, context),
  bridgeWaterfall({ effects: tables.bridge, periods: tables.period }, context),
  monthTrend(tables.month_profit, context),
  movers(tables.customer_change, context),
  concentrationDots(tables.concentration, context),
  sizeProfit({ customers: tables.customer_profit }, context),
]

function draw(chart: Chart, frame: Partial<ChartFrame> = {}): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const drawing = drawChart(chart, {
    width: 640,
    theme: lightTheme,
    document: document as unknown as NonNullable<ChartFrame['document']>,
    ...frame,
  }) as { outerHTML: string } | null
  return drawing?.outerHTML ?? ''
}

// Coordinates to one digit and one element a line, so that a difference can be read.
const readable = (svg: string): string =>
  svg.replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10)).replaceAll('><', '>\n<')

describe('every chart', () => {
  const tables = examplePortfolio()
  for (const chart of allCharts(tables, eur)) {
    test(`${chart.name} draws the same picture from the same rows`, async () => {
      await expect(readable(draw(chart))).toMatchFileSnapshot(`./__snapshots__/${chart.name}.svg.snap`)
    })

    test(`${chart.name} says its finding, a summary and the same as a table`, () => {
      expect({ title: chart.title, subtitle: chart.subtitle, summary: chart.summary, notes: chart.notes }).toMatchSnapshot()
      expect(chart.table.rows.length).toBeGreaterThan(0)
      const columns = chart.table.columns.map((column) => column.name)
      for (const row of chart.table.rows) expect(Object.keys(row)).toEqual(expect.arrayContaining(columns))
    })

    test(`${chart.name} draws at phone width and in dark without a position that is no number`, () => {
      for (const svg of [draw(chart, { width: 328 }), draw(chart, { theme: darkTheme })]) {
        expect(svg).toContain('<svg')
        expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      }
    })

    test(`${chart.name} carries no style element, which a strict content policy would refuse`, () => {
      expect(draw(chart)).not.toContain('<style')
    })
  }

  test('without cost says so or draws net revenue', () => {
    const context = { currency: 'EUR', measure: 'net_revenue' } as const
    const plain = allCharts(examplePortfolio({ withCost: false }), context)
    expect(plain.map((chart) => [chart.name, chart.title, chart.empty?.next ?? null])).toMatchSnapshot()
    for (const chart of plain) expect(draw(chart)).not.toMatch(/NaN|undefined/)
  })

  test('without rows says why and what to do next', () => {
    const none: ExampleTables = {
      customer_profit: [],
      product_profit: [],
      month_profit: [],
      layer: [],
      whale_curve: [],
      concentration: [],
      period: [],
      bridge: [],
      customer_change: [],
    }
    for (const chart of allCharts(none, eur)) {
      expect(chart.empty?.reason).not.toBe('')
      expect(chart.empty?.next).not.toBe('')
      expect(draw(chart)).toBe('')
    }
  })

  test('hostile names stay text', () => {
    const rows = [
      {
        customer_id: '1',
        name: '<script>alert(1)</script>',
        status: 'kept',
        previous_measure: '0',
        current_measure: '10.0000',
        change: '10.0000',
      },
      {
        customer_id: '2',
        name: '"><img src=x onerror=alert(1)>',
        status: 'lost',
        previous_measure: '10.0000',
        current_measure: '0',
        change: '-10.0000',
      },
    ]
    const svg = draw(movers(rows, eur))
    const { document } = parseHTML(`<body>${svg}</body>`)
    expect(document.querySelectorAll('script, img').length).toBe(0)
  })
})

describe('the whale curve', () => {
  // ../shared/domain/02, section 2.5: ten customers worked out by hand.
  const profits = [120, 80, 60, 30, 10, 5, 0, -15, -40, -50]
  let sum = 0
  const points = profits.map((profit, index) => {
    sum += profit
    return {
      rank: index + 1,
      customer_share: (index + 1) / 10,
      customer_id: `C${index}`,
      measure: `${profit}.0000`,
      cumulative: `${sum}.0000`,
      cumulative_share: sum / 200,
    }
  })

  test('peaks at the first customer after which nobody adds anything', () => {
    const chart = whaleCurve({ points }, eur)
    expect(chart.title).toBe('The best 20 % of customers bring 100 % of contribution; 30 % lose money')
    expect(chart.summary).toContain('rises to €305 at customer 6 (60 % of customers), then falls by €105 to €200 at the last')
  })

  test('in shares is absent where the total is too near zero, in currency never', () => {
    const near = points.map((point) => ({ ...point, cumulative_share: null }))
    expect(whaleCurve({ points: near }, eur, 'share').empty?.next).toBe('See the curve in currency.')
    expect(whaleCurve({ points: near }, eur).empty).toBeNull()
  })

  test('below zero in all draws, and speaks of what is taken back', () => {
    const losing = points.map((point, index) => ({
      ...point,
      cumulative: `${[5, 6, 6, 5, 3, 0, -5, -20, -60, -110][index]}.0000`,
      measure: `${[5, 1, 0, -1, -2, -3, -5, -15, -40, -50][index]}.0000`,
      cumulative_share: null,
    }))
    const chart = whaleCurve({ points: losing }, eur)
    expect(chart.title).toBe('70 % of customers take back €116 of the €6.00 that the others bring')
    expect(draw(chart)).not.toMatch(/NaN/)
  })
})

describe('waterfalls', () => {
  test('the layers of a single customer draw like those of the portfolio', () => {
    const row = examplePortfolio().customer_profit[0]!
    expect(layersWaterfall(layerRows(row), eur).title).toMatch(/does not pay for its goods/)
  })

  test('steps too small to see beside the levels start at the opening level, and say so', () => {
    const step = (position: number, effect: string, amount: string) => ({ position, effect, title: effect, amount })
    const effects = [
      step(1, 'opening', '1000000.0000'),
      step(2, 'price', '3000.0000'),
      step(3, 'volume', '-1000.0000'),
      step(4, 'closing', '1002000.0000'),
    ]
    const chart = bridgeWaterfall({ effects }, eur)
    expect(chart.title).toBe('Contribution rose by €2.00 k (0.2 %): price +€3.00 k, volume −€1.00 k')
    expect(chart.notes).toHaveLength(1)
    expect(draw(chart)).toContain('change from opening')
  })
})

describe('months', () => {
  test('without a line stand as gaps and months covered in part are hatched', () => {
    const month = (key: string, net: string, complete = true) => ({
      month: key,
      complete,
      net_revenue: net,
      returns: '0',
      contribution: null,
    })
    const svg = draw(
      monthTrend([month('2025-01-01', '10'), month('2025-04-01', '20', false)], { currency: 'EUR', measure: 'net_revenue' }),
      { id: 'here' },
    )
    expect(svg).toContain('Feb 2025')
    expect(svg).toContain('url(#here-hatch-main)')
  })
})
