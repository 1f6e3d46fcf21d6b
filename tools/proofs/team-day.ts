import { rmSync } from 'node:fs'
import { pin } from './bench/cpu.ts'
import { features } from './bench/features.ts'
import { measured as ofBench } from './bench/measured.ts'
import { alignColumns, short } from './bench/results.ts'
import { bareProgram, Contestant, type Entrant, ourProgram, scratch } from './bench/servers.ts'
import { type TeamDay, teamDay } from './team-day/day.ts'
import { type Cost, type DayCost, playDay, playNight, playQuiet, scaled } from './team-day/play.ts'

export const measured = [...ofBench, 'tools/proofs/team-day*']

interface Costs {
  /** What happened in the day. */
  readonly day: DayCost
  /** An hour of everybody's connection in which nothing happens, and an hour without connections. */
  readonly quietHour: Cost
  readonly nightHour: Cost
  /** All of a day of 24 hours. */
  readonly whole: Cost
}

export interface Figures {
  readonly people: number
  readonly seed: number
  readonly timesAsFast: number
  readonly pinned: boolean
  readonly happened: Readonly<Record<string, number>>
  readonly connectionHours: number
  readonly ours: Costs
  readonly bare: Costs
}

/**
 * What a day of a team of 200 costs our server, with a data folder, and a bare one that only passes on: its messages, marks,
 * typing, reactions, edits and searches in a few minutes, and by themselves an hour in which all are connected and nothing happens, and one in
 * which nobody is there. Every device has to get every entry once. `--quick` plays less of everything.
 */
export async function prove(): Promise<Figures> {
  const isQuick = process.argv.includes('--quick')
  const [people, seed, timesAsFast] = isQuick ? [50, 1, 1_200] : [200, 1, 150]
  const seconds = isQuick ? 10 : 90
  const day = teamDay(people, seed)
  const pinned = pin(process.pid, 0)
  const costs = async (entrant: Entrant): Promise<Costs> => {
    const server = await Contestant.start({ ...entrant, env: { ...features(), SEARCH: 'bench' } })
    const nightHour = await playNight(server, seconds)
    const quietHour = await playQuiet(server, day, { people, seconds })
    const played = await playDay(server, day, timesAsFast)
    await server.stop()
    return { day: played, quietHour, nightHour, whole: wholeOf(played, quietHour, nightHour, people, day) }
  }
  const bare = await costs({ key: 'bare', kind: 'bare', program: bareProgram })
  const ours = await costs({ key: 'ours', kind: 'durable', program: ourProgram() })
  rmSync(scratch, { recursive: true, force: true })
  const { connectionHours } = day
  const happened = countsOf(day)
  const figures = { people, seed, timesAsFast, pinned, happened, connectionHours, ours, bare }
  process.stdout.write(`${describe(figures)}\n`)
  return figures
}

const hoursOfDay = 24

/** A night hour's cost is there all day; what connections add to it, for as long as they last. */
function wholeOf(day: DayCost, quiet: Cost, night: Cost, people: number, { connectionHours }: TeamDay): Cost {
  const added = { ...quiet, cpuSeconds: Math.max(0, quiet.cpuSeconds - night.cpuSeconds) }
  const parts = [day, scaled(added, connectionHours / people), scaled(night, hoursOfDay)]
  const sum = (of: keyof Cost) => parts.reduce((all, one) => all + one[of], 0)
  return { cpuSeconds: sum('cpuSeconds'), receivedMiB: sum('receivedMiB'), sentMiB: sum('sentMiB') }
}

function countsOf({ moments }: TeamDay): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { deed } of moments) counts[deed] = (counts[deed] ?? 0) + 1
  return counts
}

function describe({ people, timesAsFast, happened, connectionHours, ours, bare }: Figures): string {
  const row = (what: string, unit: string, of: (costs: Costs) => number) => {
    const [own, other] = [of(ours), of(bare)]
    return [what, `${short(own)} ${unit}`, short(other), other === 0 ? '–' : `${short(own / other)} ×`]
  }
  const inDay = Object.entries(happened).map(([deed, count]) => `${count} ${deed}`)
  return [
    alignColumns([
      ['a day', 'ours', 'bare', ''],
      row('CPU, all of it', 's', ({ whole }) => whole.cpuSeconds),
      row('of that what happened', 's', ({ day }) => day.cpuSeconds),
      row('an hour with everybody there', 's', ({ quietHour }) => quietHour.cpuSeconds),
      row('an hour with nobody there', 's', ({ nightHour }) => nightHour.cpuSeconds),
      row('sent', 'MiB', ({ whole }) => whole.sentMiB),
      row('received', 'MiB', ({ whole }) => whole.receivedMiB),
      row('memory, at most', 'MiB', ({ day }) => day.peakMiB),
      row('on the disk', 'MiB', ({ day }) => day.diskMiB),
    ]),
    '',
    `${people} people, ${connectionHours.toFixed(0)} hours of connections; ${inDay.join(', ')}; ${timesAsFast} times as fast as a day.`,
    `All of it is ${((100 * ours.whole.cpuSeconds) / (hoursOfDay * 3_600)).toFixed(2)} % of a core over the day.`,
  ].join('\n')
}
