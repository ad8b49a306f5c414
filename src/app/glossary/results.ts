import { define } from './term.ts'

/** Runs, snapshots and how to check a figure. */
export const resultTerms = [
  define(
    'Run',
    'Computes all tables and findings from the active imports, step by step. It ends with a new snapshot or, when a check fails, with none.',
    { synonyms: ['calculation', 'recompute', 'pipeline run'], see: ['snapshot', 'check', 'step'] },
  ),
  define(
    'Step',
    'One question that a run answers, with the tables it reads and writes. A step whose inputs are missing is skipped and says which file would unlock it.',
    { synonyms: ['pipeline step', 'calculation step'], see: ['run'] },
  ),
  define(
    'Snapshot',
    'The result of one run, dated and never changed: its tables, its findings and a manifest of what it was made from. Any two can be compared.',
    { synonyms: ['result set', 'version', 'data cut'], see: ['manifest', 'run', 'as-of-date'] },
  ),
  define(
    'Manifest',
    'The list of all that made a snapshot: imports with their fingerprints, settings, version, seed, steps and checks. With the same list the same figures come out, byte for byte.',
    { synonyms: ['run record', 'provenance'], see: ['snapshot', 'fingerprint', 'seed'] },
  ),
  define(
    'Fingerprint',
    'A short text computed from all bytes of a file, which changes when a single byte does. It shows that a figure was made from exactly this file.',
    { formula: 'SHA-256', synonyms: ['hash', 'checksum', 'digest'], see: ['manifest', 'import'] },
  ),
  define('As-of date', 'The last day that counts in a run. Orders after it are left out, so that an old state can be computed again.', {
    synonyms: ['cut-off date', 'key date', 'closing date'],
    see: ['run', 'period'],
  }),
  define(
    'Seed',
    'The number that all random draws start from. The same seed gives the same draws, so that an interval does not change from one run to the next.',
    { synonyms: ['random seed'], see: ['bootstrap-interval', 'manifest'] },
  ),
  define(
    'Check',
    'Something that must hold, with both sides shown: for instance that layers tie to the imports. A failed blocking check keeps the snapshot from being published.',
    { synonyms: ['control', 'assertion', 'validation'], see: ['reconciliation', 'run'] },
  ),
  define(
    'Finding',
    'One sentence with its numbers that the data says and a person should know, the weightiest first. It carries how sure it is and what could be done.',
    { synonyms: ['insight', 'observation'], see: ['check', 'bootstrap-interval'] },
  ),
  define(
    'Explain',
    'The way from any figure to its formula, its inputs and the rows it was made from, down to file and line. A figure that cannot be explained should not be believed.',
    { synonyms: ['lineage', 'drill-through', 'audit trail', 'data provenance'], see: ['order-line', 'manifest'] },
  ),
  define('Workspace', 'The folder of one company: settings, imports, snapshots and exports. Everything stays in it, on your machine.', {
    synonyms: ['project', 'company folder'],
    see: ['import', 'snapshot'],
  }),
]
