import {
  activityTable,
  costPoolTable,
  driverEventTable,
  ledgerTable,
  poolAssignmentTable,
  serviceFlowTable,
  serviceOfferTable,
} from './costs.ts'
import { balanceTable, customerTable, relationshipAttrTable } from './customers.ts'
import type { TableContract } from './define.ts'
import { contactTable, interactionTable, needMentionTable, needTable, staffTable, surveyItemTable, surveyResponseTable } from './people.ts'
import {
  assignmentTable,
  budgetTable,
  calendarTable,
  competitorOfferTable,
  initiativeTable,
  policyTable,
  responseJudgementTable,
} from './planning.ts'
import { fxRateTable, orderLineTable, orderTable, priceElementTable, productTable } from './sales.ts'

export type { ColumnInfo, ColumnType, Lineage, TableContract } from './define.ts'
export { col, engineTypes, optional, table } from './define.ts'

/** All canonical input tables, in the order of the chain. */
export const canonicalTables: readonly TableContract[] = [
  customerTable,
  relationshipAttrTable,
  balanceTable,
  productTable,
  orderTable,
  orderLineTable,
  priceElementTable,
  fxRateTable,
  ledgerTable,
  costPoolTable,
  poolAssignmentTable,
  serviceFlowTable,
  activityTable,
  driverEventTable,
  serviceOfferTable,
  interactionTable,
  contactTable,
  staffTable,
  surveyResponseTable,
  surveyItemTable,
  needTable,
  needMentionTable,
  initiativeTable,
  assignmentTable,
  budgetTable,
  responseJudgementTable,
  competitorOfferTable,
  calendarTable,
  policyTable,
]

/** The contract of a canonical table, if there is one of that name. */
export function canonicalTable(name: string): TableContract | undefined {
  return canonicalTables.find((contract) => contract.name === name)
}
