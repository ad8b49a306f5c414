export { type Chart, type ChartContext, type ChartFrame, type Drawing, drawChart, type TwinColumn } from './chart.ts'
export { type ChartTheme, darkTheme, lightTheme } from './theme.ts'
export { type WhaleCurveInput, whaleCurve } from './whale-curve.ts'
