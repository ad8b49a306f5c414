import type { Layout } from './layout.ts'
import { onlineRetail } from './online-retail.ts'

/** All layouts that are recognised. A new one is one file in this folder and one line here. */
export const layouts: readonly Layout[] = [onlineRetail]

export type { Confidence, Field, FileColumn, Layout, LayoutContext, LayoutFindings, LayoutQuestion, Recognition } from './layout.ts'
