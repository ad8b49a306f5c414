import type { Markish } from '@observablehq/plot'
import type { ChartFrame } from './chart.ts'

const svg = 'http://www.w3.org/2000/svg'

export const patternId = (frame: ChartFrame, name: string): string => `${frame.id ?? name}-hatch`

/** A mark that draws nothing but defines one hatched fill a colour, used as `url(#<id>-<name>)`: what is hatched is not complete. */
export function hatch(id: string, colours: Record<string, string>, background: string): Markish {
  return (_index, _scales, _values, _dimensions, context) => {
    const create = (name: string, attributes: Record<string, string>) => {
      const element = context.document.createElementNS(svg, name)
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
      return element
    }
    const definitions = create('defs', {})
    for (const [name, colour] of Object.entries(colours)) {
      const pattern = create('pattern', {
        id: `${id}-${name}`,
        width: '6',
        height: '6',
        patternUnits: 'userSpaceOnUse',
        patternTransform: 'rotate(45)',
      })
      pattern.append(create('rect', { width: '6', height: '6', fill: background }))
      pattern.append(create('rect', { width: '2.5', height: '6', fill: colour }))
      definitions.append(pattern)
    }
    return definitions as never
  }
}
