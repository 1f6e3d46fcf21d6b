import { createHash } from 'node:crypto'
import { embeddedStore } from '../../packages/server/src/stores/embedded/index.ts'
import { setAhead } from '../../packages/server/src/time.ts'
import { makeDay, saidMinutes } from './line-day/desk.ts'
import { type Figures, figuresOf, type Waited } from './line-day/figures.ts'
import { Desk } from './line-day/play.ts'
import { seeded } from './stores/random.ts'

export const measured = [
  'packages/protocol/src/rules/waiting-estimate.ts',
  'packages/protocol/src/rules/line-speed.ts',
  'packages/protocol/src/rules/line-order.ts',
  'packages/server/src/delivery/line-reading.ts',
  'packages/server/src/delivery/line-workers.ts',
  'packages/server/src/delivery/serving-times.ts',
  'packages/server/src/delivery/work-time.ts',
  'packages/server/src/stores/attending.ts',
  'tools/proofs/line-day*',
  ':!**/*.test.ts*',
]

/** Desks, each with its own people. */
const desks = 6

/**
 * What people are told who wait at a support desk, against how long they do wait: their first day, on which nothing was observed, and
 * the second. Nobody knows the seeds before the commit.
 */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const [first, second]: [Waited[], Waited[]] = [[], []]
  for (let desk = 0; desk < (isQuick ? 2 : desks); desk += 1) {
    const [one, other] = await playTwoDays(seedOf(desk))
    first.push(...one)
    second.push(...other)
    console.table([figuresOf(one, saidMinutes), figuresOf(other, saidMinutes)])
  }
  const figures = { firstDay: figuresOf(first, saidMinutes), secondDay: figuresOf(second, saidMinutes) }
  console.table(figures)
  report(wrongIn(figures.secondDay))
  return { quick: isQuick, ...figures }
}

function seedOf(desk: number): number {
  const commit = process.env.PROOF_COMMIT ?? 'none'
  return createHash('sha256').update(`${commit} ${desk}`).digest().readUInt32BE()
}

async function playTwoDays(seed: number): Promise<[Waited[], Waited[]]> {
  const random = seeded(seed)
  const store = await embeddedStore({ path: ':memory:' })
  try {
    const day = makeDay(random)
    const desk = await Desk.open(store, day.people, random)
    const first = await desk.play(day, 5)
    return [first, await desk.play(makeDay(random, day.people), 6)]
  } finally {
    await store.close()
    await setAhead(0)
  }
}

function wrongIn(figures: Figures): string[] {
  const { inside, medianWidth, medianWait, score, scoreOfAheadTimesAverage, scoreOfBestConstant } = figures
  const wrong: string[] = []
  if (inside < 0.8 || inside > 0.95) wrong.push(`${inside} of the waits are inside their range`)
  if (medianWidth > medianWait) wrong.push(`the ranges are ${medianWidth} wide, the waits ${medianWait}`)
  if (score >= scoreOfAheadTimesAverage) wrong.push('the number before one times the average is as good')
  if (score >= scoreOfBestConstant) wrong.push('one range for all is as good')
  return wrong
}

function report(problems: readonly string[]): void {
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
