/**
 * What to do about messages of the engine that do not say it themselves. Each pattern was seen with the engine version in package.json.
 */
const hints: { pattern: RegExp; hint: string }[] = [
  {
    pattern: /Out of Memory/i,
    hint: 'Give the engine more with `engine.memory` in clientele.yaml, or free space in the folder it spills to.',
  },
  { pattern: /No space left on device|could not write/i, hint: 'The disk is full: free some space and run again; nothing was published.' },
  { pattern: /Referenced column "([^"]+)" not found/i, hint: 'Text goes in single quotes; double quotes mean a column.' },
  { pattern: /Table with name (\S+) does not exist/i, hint: '`clientele query --tables` lists what there is.' },
]

/** The hint for a message, if there is one. */
export function hintFor(message: string): string | undefined {
  return hints.find(({ pattern }) => pattern.test(message))?.hint
}
