import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type ChartTheme, darkTheme, lightTheme } from '../../src/charts/index.ts'

/** Colours for charts: those of the theme shown, and the light ones on paper. */
export function useChartTheme(): ChartTheme {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    const media = window.matchMedia('print')
    const change = (): void => setPrinting(media.matches)
    media.addEventListener('change', change)
    return () => media.removeEventListener('change', change)
  }, [])
  return scheme === 'dark' && !printing ? darkTheme : lightTheme
}
