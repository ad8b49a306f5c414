import { contractTable } from './contract-table.ts'

/** Scores of the exchange with each customer, by those who know it. */
export const relationshipAttributes = contractTable({
  id: 'relationship-attributes',
  title: 'Relationship attributes',
  table: 'relationship_attr',
  aliases: {
    customer_id: ['customer', 'customer number', 'account', 'account id', 'Kundennummer', 'client'],
    date: ['scored on', 'score date', 'Datum', 'Stichtag'],
    alternatives: ['availability of alternatives', 'Alternativen'],
    dynamism: ['market dynamism', 'supply market dynamism', 'Marktdynamik'],
    importance: ['importance of purchase', 'Bedeutung'],
    complexity: ['complexity of purchase', 'Komplexität'],
    information_exchange: ['information', 'Informationsaustausch'],
    operational_linkages: ['linkages', 'operational links', 'Verknüpfung'],
    share_of_wallet: ['wallet share', 'Lieferanteil'],
    contract_months: ['contract length', 'Vertragslaufzeit'],
  },
  signature: [['customer_id', 'date', 'alternatives', 'importance', 'complexity']],
  names: /relation|exchange|attribut|bezieh/,
})

/** Answers to a survey, one row an item. */
export const surveyResponses = contractTable({
  id: 'survey-responses',
  title: 'Survey answers',
  table: 'survey_response',
  aliases: {
    response_id: ['response', 'respondent', 'respondent id', 'Antwort'],
    customer_id: ['customer', 'account', 'Kundennummer'],
    date: ['answered on', 'Datum'],
    item_id: ['item', 'question', 'question id', 'Frage'],
    value: ['answer', 'score', 'rating', 'Wert'],
    scale_min: ['min', 'scale from'],
    scale_max: ['max', 'scale to'],
  },
  signature: [['response_id', 'item_id', 'value', 'scale_min', 'scale_max']],
  names: /survey|response|answer|umfrage/,
})

/** What was asked. */
export const surveyItems = contractTable({
  id: 'survey-items',
  title: 'Survey items',
  table: 'survey_item',
  aliases: {
    item_id: ['item', 'question id', 'Frage'],
    construct: ['scale', 'Konstrukt'],
    wording: ['question', 'text', 'Wortlaut'],
    reverse_flag: ['reversed', 'reverse coded', 'invertiert'],
  },
  signature: [['item_id', 'construct', 'wording']],
  names: /item|question|survey|frage/,
})
