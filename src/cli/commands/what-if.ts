import { Command } from 'commander'
import type { Scenario } from '../../app/cost-model.ts'
import { UsageError } from '../../shared/errors.ts'
import { formatCount, formatMoney, formatNumber, formatRatio } from '../../shared/format.ts'
import { collect, withJson, withWorkspace, workspaceOf } from '../options.ts'
import { bold, print, printJson, printTable, say } from '../output.ts'

interface Flags {
  workspace?: string
  json?: boolean
  snapshot?: string
  rate: string[]
  cost: string[]
  capacity: string[]
  minutes: string[]
  yaml?: boolean
}

export function whatIfCommand(): Command {
  return withJson(withWorkspace(new Command('whatif')))
    .description('try other rates, capacities or time equations: what would change for customers; nothing is changed')
    .option('--rate <pool=money>', 'another capacity cost rate; may be given several times', collect, [])
    .option('--cost <pool=money>', 'another cost of a pool in the window', collect, [])
    .option('--capacity <pool=amount>', 'another practical capacity of a pool in the window', collect, [])
    .option('--minutes <activity=equation>', 'another time equation', collect, [])
    .option('--snapshot <id>', 'another snapshot than the published one')
    .option('--yaml', 'print the scenario as text for clientele.yaml')
    .action(async (flags: Flags) => {
      const workspace = await workspaceOf(flags)
      const { tryScenario } = await import('../../app/cost-model.ts')
      const result = await tryScenario(workspace, scenarioOf(flags), flags.snapshot)
      if (flags.json) return printJson(result)
      for (const warning of result.warnings) say(warning)
      if (flags.yaml && result.proposal !== null) return print(result.proposal.trimEnd())
      const money = (amount: string) => formatMoney(amount, result.currency)
      const { before, after } = result
      printTable(
        ['', 'Published', 'Scenario'],
        [
          ['Profit after cost-to-serve', money(before.profit), money(after.profit)],
          ['Cost-to-serve', money(before.costToServe), money(after.costToServe)],
          ['Unused capacity', money(before.unused), money(after.unused)],
          ['Customers that lose money', formatCount(before.losing), formatCount(after.losing)],
        ],
        [false, true, true],
      )
      print(`${formatCount(result.turnedToLoss)} would fall into loss, ${formatCount(result.turnedToProfit)} would rise out of it.`)
      const movers = [...result.losses.slice(0, 5), ...result.gains.slice(0, 5)]
      if (movers.length > 0) {
        print(bold('\nWho moves most'))
        printTable(
          ['Customer', 'Published', 'Scenario', 'Change'],
          movers.map(({ name, before: was, after: is, change }) => [name, money(was), money(is), money(change)]),
          [false, true, true, true],
        )
      }
      print(bold('\nPools'))
      printTable(
        ['Pool', 'Rate', 'Used', 'Unused capacity'],
        result.pools.map(({ title, rate, usedShare, unused, changed }) => [
          `${title}${changed ? ' *' : ''}`,
          formatNumber(rate, { digits: 4 }),
          formatRatio(usedShare),
          money(unused),
        ]),
        [false, true, true, true],
      )
    })
}

function scenarioOf(flags: Flags): Scenario {
  const pools: NonNullable<Scenario['pools']> = {}
  for (const what of ['rate', 'cost', 'capacity'] as const)
    for (const text of flags[what]) {
      const [name, value] = pair(text, `--${what}`)
      const number = Number(value)
      if (value.trim() === '' || !Number.isFinite(number)) throw new UsageError('cli.number', `--${what} takes pool=number; got ${text}`)
      pools[name] = { ...pools[name], [what]: number }
    }
  return {
    pools,
    activities: Object.fromEntries(flags.minutes.map((text) => pair(text, '--minutes')).map(([name, minutes]) => [name, { minutes }])),
  }
}

function pair(text: string, option: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError('cli.pair', `${option} takes name=value; got ${text}`)
  return [text.slice(0, at), text.slice(at + 1)]
}
