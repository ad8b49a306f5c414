import { define } from './term.ts'

/** What the files say, and what they do not. */
export const dataTerms = [
  define(
    'Import',
    'One set of files brought in together, kept as it was and never changed. It can be undone as a whole, and the same files a second time change nothing.',
    { synonyms: ['load', 'upload', 'batch'], see: ['staging', 'undo', 'reconciliation'] },
  ),
  define(
    'Staging',
    'The state between reading files and making them count. Everything can be looked at, mapped and thrown away, and no figure changes before the commit.',
    { synonyms: ['preview', 'draft import'], see: ['import', 'mapping', 'reconciliation'] },
  ),
  define(
    'Mapping',
    'Which column of a file holds which of our fields, each with how sure that is and why. What no field uses is listed as ignored.',
    { synonyms: ['column mapping', 'field assignment'], see: ['recipe', 'layout', 'staging'] },
  ),
  define(
    'Recipe',
    'A saved mapping with its answers, to be replayed on the next file of the same kind. It makes the monthly import a matter of one click.',
    { synonyms: ['import template', 'saved mapping', 'import profile'], see: ['mapping'] },
  ),
  define(
    'Layout',
    'A known form of export, recognised by its column names, such as the orders of a shop system. A recognised layout needs no questions about what its columns mean.',
    { synonyms: ['recogniser', 'format', 'source system'], see: ['mapping'] },
  ),
  define(
    'Reconciliation',
    'The proof that nothing was lost: rows read equal rows kept plus rows set aside, and sums before equal sums after. Each run ties its layers to it again and is not published when a cent is missing.',
    {
      formula: 'rows in = rows kept + rows set aside; sum of every layer = control total of the import',
      synonyms: ['reconciliation card', 'tie-out', 'balance check'],
      see: ['control-total', 'set-aside', 'check'],
    },
  ),
  define(
    'Control total',
    'Lines and amounts per currency that an import states about itself when it is made. Whatever is computed later must add up to it.',
    { synonyms: ['hash total', 'batch total'], see: ['reconciliation'] },
  ),
  define(
    'Set aside',
    'Rows that could not be taken in, each with the reason, the column and the value. They are kept, can be downloaded and repaired, and are counted in the reconciliation.',
    {
      limits: 'Where the amount of such a row was readable, the card states what it would have added.',
      synonyms: ['rejected rows', 'quarantine', 'errors'],
      see: ['reconciliation', 'import'],
    },
  ),
  define(
    'Undo',
    'Takes an import out as a whole; the next run computes without it. Snapshots that were made with it stay and can still be explained.',
    { synonyms: ['roll back', 'revert'], see: ['import', 'snapshot'] },
  ),
  define(
    'Unidentified',
    'Sales that the file does not assign to a customer. They stay in every total as one line, (unidentified), and in no ranking of customers.',
    {
      limits: 'A large share means that concentration is known for a part of the business only.',
      synonyms: ['guest sales', 'anonymous sales', 'walk-in customers', 'no customer id'],
      see: ['identified-customer', 'net-revenue'],
      shownIn: ['customer_profit.identified'],
    },
  ),
  define(
    'Identified customer',
    'A customer with an id in the orders: a person in consumer business, an account in business with companies. Ids are taken as they come; two ids of one company are two customers until somebody joins them.',
    { synonyms: ['known customer', 'account', 'buyer'], see: ['unidentified', 'look-alike-letters'] },
  ),
  define('Order line', 'One product on one order: the root of every figure. It remembers the file and the row that it came from.', {
    synonyms: ['invoice line', 'transaction line', 'order item'],
    see: ['explain', 'line-kind'],
    shownIn: ['order_line.source_row'],
  }),
  define(
    'Line kind',
    'What an order line is: a sale, a return, a fee or an adjustment. The kind decides in which layer its amount counts.',
    { synonyms: ['transaction type'], see: ['returns', 'fee', 'adjustment'], shownIn: ['order_line.kind'] },
  ),
  define(
    'Fee',
    'A line for postage, carriage, bank charges or a service rather than for goods. It is revenue, but not a purchase of goods.',
    { synonyms: ['charge', 'postage', 'service line', 'freight income'], see: ['line-kind'], shownIn: ['product.service_flag'] },
  ),
  define(
    'Adjustment',
    'A booking that is not trade: bad debt, a stock correction, a line at price zero. It stays in the totals under its own name.',
    { synonyms: ['correction', 'write-off', 'manual booking'], see: ['line-kind'] },
  ),
  define(
    'Repeated line',
    'A line that stands in the same file twice, field by field. It is kept and flagged, because two identical purchases on one invoice are common and dropping them would change the total.',
    { synonyms: ['duplicate', 'exact duplicate'], see: ['reconciliation'], shownIn: ['order_line.duplicate_flag'] },
  ),
  define(
    'Look-alike letters',
    'Letters of different alphabets that look the same, such as Latin A and Cyrillic А. They make one customer appear as two, so ids that mix them are pointed out.',
    { synonyms: ['homoglyphs', 'confusables'], see: ['identified-customer'] },
  ),
  define(
    'Reporting currency',
    'The one currency in which all figures are shown, set in the workspace. Amounts in other currencies are converted line by line.',
    {
      synonyms: ['group currency', 'base currency', 'home currency'],
      see: ['exchange-rate'],
    },
  ),
  define(
    'Exchange rate',
    'What one unit of another currency is worth in the reporting currency from a day on. Each line takes the latest rate on or before its order date, and a line without one is left out and named.',
    {
      formula: 'amount in reporting currency = amount x rate, rounded per line to four decimals',
      synonyms: ['FX rate', 'conversion rate'],
      see: ['reporting-currency', 'currency-effect'],
      shownIn: ['fx_rate.rate'],
    },
  ),
  define('Ledger', 'What the accounts say was spent, entry by entry. With it, the cost of serving customers can be tied to the books.', {
    synonyms: ['general ledger', 'GL', 'trial balance'],
    see: ['cost-to-serve'],
    shownIn: ['ledger.amount'],
  }),
]
