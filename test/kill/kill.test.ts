import { afterAll, beforeAll, expect, test } from 'vitest'
import { faults, faultsOfNextRun, type Ground, killRounds, prepare, reset, work } from './rounds.ts'

// The nightly run (scripts/long/kill.ts) does the same ten times as often, on a larger file and with all steps.
const lines = 6_000
let ground: Ground
beforeAll(async () => {
  ground = await prepare(lines)
})
afterAll(() => ground?.remove())

test('kill -9 at 20 random moments of import and run never leaves anything half visible, and the next run succeeds', async () => {
  const tally = await killRounds(ground, 20, 20260101, { scopes: ['layers'] })
  expect(tally.faults).toEqual([])
  expect(tally.rounds).toBe(20)
  // The draw must have hit the work, not only its start.
  expect(Object.keys(tally.phases).length).toBeGreaterThan(2)
}, 900_000)

test.skipIf(process.platform === 'win32')(
  'a disk that is full ends in one clear sentence and changes nothing',
  async () => {
    await reset(ground)
    for (const kilobytes of [16, 200, 400]) {
      // Every write past the limit fails as on a full disk; the signal that goes with it is ignored.
      const { outcome, code } = await work(ground.workspace.dir, [ground.file], {
        scope: 'layers',
        shell: (command) => `trap '' XFSZ; ulimit -f ${kilobytes}; exec ${command}`,
      })
      expect(outcome, `${kilobytes} KiB`).toMatch(/^(failed|done)/)
      expect(code, outcome).toBe(outcome === 'done' ? 0 : 1)
      expect([...(await faults(ground)), ...(await faultsOfNextRun(ground, 'layers'))], outcome).toEqual([])
      await reset(ground)
    }
  },
  240_000,
)
