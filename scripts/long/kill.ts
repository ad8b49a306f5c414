/**
 * Kills import and run with SIGKILL at 200 random moments, fills the disk at many sizes, and checks after each that everything visible is
 * whole and the next run succeeds. `node scripts/long/kill.ts [rounds] [seed] [lines]`; exits with 1 when something does not hold.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faults, faultsOfNextRun, killRounds, prepare, reset, work } from '../../test/kill/rounds.ts'

export async function main(rounds: number, seed: number, lines: number): Promise<string[]> {
  const wrong: string[] = []
  const started = performance.now()
  const ground = await prepare(lines)
  try {
    const tally = await killRounds(ground, rounds, seed, { scopes: ['layers', 'layers', 'all'], say: console.log })
    wrong.push(...tally.faults)
    console.log(`${tally.rounds} kills, by phase: ${JSON.stringify(tally.phases)}`)

    let refused = 0
    const sizes = [8, 64, 256, 512, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 16_000]
    for (const kilobytes of sizes) {
      const { outcome, code } = await work(ground.workspace.dir, [ground.file], {
        shell: (command) => `trap '' XFSZ; ulimit -f ${kilobytes}; exec ${command}`,
      })
      if (code !== (outcome === 'done' ? 0 : 1)) wrong.push(`files of at most ${kilobytes} KiB: ${outcome}`)
      if (outcome !== 'done') refused++
      for (const fault of [...(await faults(ground)), ...(await faultsOfNextRun(ground))])
        wrong.push(`files of at most ${kilobytes} KiB: ${fault}`)
      console.log(`files of at most ${kilobytes} KiB: ${outcome.split('\n')[0]}`)
      await reset(ground)
    }
    console.log(`${sizes.length} limits on file size, ${refused} refused cleanly`)
  } finally {
    await ground.remove()
  }
  wrong.push(...(await fullDisk()))
  console.log(
    `${Math.round((performance.now() - started) / 1000)} s; ${wrong.length === 0 ? 'nothing was ever half visible' : `${wrong.length} faults`}`,
  )
  return wrong
}

/** The same on a small disk of its own that really runs full; skipped, and said so, where no such disk can be made. */
async function fullDisk(): Promise<string[]> {
  const wrong: string[] = []
  for (const megabytes of [16, 18, 20, 22, 26, 30]) {
    const mount = mkdtempSync(join(tmpdir(), 'clientele-full-'))
    const made =
      process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', mount]).status === 0
    if (!made) {
      console.log('SKIPPED: a full disk (mounting a small disk needs more rights than this process has)')
      rmSync(mount, { recursive: true, force: true })
      return wrong
    }
    try {
      mkdirSync(join(mount, 'here'))
      const ground = await prepare(200_000, join(mount, 'here'))
      const { outcome, code } = await work(ground.workspace.dir, [ground.file])
      if (code !== (outcome === 'done' ? 0 : 1)) wrong.push(`disk of ${megabytes} MB: ${outcome}`)
      for (const fault of await faults(ground)) wrong.push(`disk of ${megabytes} MB: ${fault}`)
      console.log(`disk of ${megabytes} MB: ${outcome.split('\n')[0]}`)
      rmSync(ground.file)
      for (const fault of [...(await faultsOfNextRun(ground)), ...(await faults(ground))])
        wrong.push(`disk of ${megabytes} MB, after space was freed: ${fault}`)
      await ground.remove()
    } finally {
      spawnSync('umount', [mount])
      rmSync(mount, { recursive: true, force: true })
    }
  }
  return wrong
}

if (import.meta.main) {
  const wrong = await main(Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 1), Number(process.argv[4] ?? 200_000))
  for (const fault of wrong) console.error(fault)
  process.exitCode = wrong.length === 0 ? 0 : 1
}
