import { type AttackName, attackNames } from './attackers/attacks.ts'
import { type Attacked, attackScene, budgetOf } from './attackers/scene.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/attackers*',
  ':!**/*.test.ts',
]

const mostGrownMiB = 64
const toldWithinMs = 100
const closedWithinMs = 5_000
const mostRatio = 1.5

/** Each of seven attackers alone, then all of them, as fast as the machine can send, beside somebody innocent. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const only = process.argv.at(process.argv.indexOf('--only') + 1)?.split(',')
  const isOnly = process.argv.includes('--only')
  const durationMs = isQuick ? 3_000 : 10_000
  const rows: (readonly AttackName[])[] = [...attackNames.map((name) => [name]), attackNames]
  const figures: (Attacked & { attackers: string; wrong: string[] })[] = []
  for (const names of rows) {
    const attackers = names.length === 1 ? (names[0] ?? '') : 'all'
    if (isOnly && !only?.includes(attackers)) continue
    const attacked = await attackScene({ names, durationMs, program: 'build', isOneProcess: false })
    figures.push({ attackers, ...attacked, wrong: wrongIn(attacked, durationMs) })
    process.stderr.write(`${attackers}: ${figures.at(-1)?.wrong.join('; ') || 'well'}\n`)
  }
  console.table(figures.map(lineOf))
  if (figures.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1
  return { quick: isQuick, durationMs, figures }
}

/** What the promise does not allow. */
function wrongIn(
  { control, during, reports, grownMiB, messages, tickets, problems }: Attacked,
  durationMs: number,
): string[] {
  const budget = budgetOf(durationMs)
  const ratio = during.p99Ms / control.p99Ms
  const late = reports.filter(({ toldMs }) => (toldMs ?? 0) > toldWithinMs)
  const open = reports.filter(({ longestMs }) => longestMs > closedWithinMs)
  return [
    ...(ratio > mostRatio ? [`p99 is ${ratio.toFixed(2)} × control`] : []),
    ...(grownMiB > mostGrownMiB ? [`memory grew by ${grownMiB} MiB`] : []),
    ...late.map(({ name, toldMs }) => `${name} was told after ${Math.round(toldMs ?? 0)} ms`),
    ...open.map(({ name, longestMs }) => `${name} was open for ${Math.round(longestMs)} ms`),
    ...(messages > budget.messages ? [`${messages} messages are stored`] : []),
    ...(tickets > budget.tickets ? [`${tickets} tickets are stored`] : []),
    ...problems,
  ]
}

function lineOf({
  attackers,
  before,
  control,
  during,
  after,
  reports,
  grownMiB,
  messages,
  tickets,
}: Attacked & { attackers: string }) {
  const of = (pick: (report: Attacked['reports'][number]) => number | undefined) => {
    const numbers = reports.map(pick).filter((one) => one !== undefined)
    return numbers.length === 0 ? null : Math.round(Math.max(...numbers))
  }
  const ms = (value: number) => Math.round(value * 10) / 10
  return {
    attackers,
    p50: [before, control, during, after].map(({ p50Ms }) => ms(p50Ms)).join(' '),
    p99: [before, control, during, after].map(({ p99Ms }) => ms(p99Ms)).join(' '),
    told: of(({ toldMs }) => toldMs),
    open: of(({ longestMs }) => longestMs),
    sent: reports.reduce((sum, { sent }) => sum + sent, 0),
    ...{ grownMiB, messages, tickets },
  }
}
