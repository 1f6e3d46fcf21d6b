import { openChat } from '../../../src/testing/connect.ts'
import { Random } from '../line/random.ts'
import { CallSequence } from './call-sequence.ts'

/** Groups of people who call each other at the same time. */
const groupsAtOnce = 40

/** Short, so that calls end by themselves soon. */
const limits = {
  ringMs: 1_500,
  callGraceMs: 1_000,
  // So many people of one address are more than a server lets in.
  addressConnections: 10_000,
  addressPointsPerSecond: 1_000_000,
  addressPoints: 1_000_000,
  workspacePointsPerSecond: 1_000_000,
  workspacePoints: 1_000_000,
}

/** Runs so many sequences, each with a seed of its own; answers what went wrong. */
export async function runSequences(firstSeed: number, count: number, steps: number): Promise<string[]> {
  const closing: (() => Promise<void>)[] = []
  const chat = await openChat((close) => closing.push(close), { limits })
  const faults: string[] = []
  let next = 0
  async function runInTurn(): Promise<void> {
    while (next < count && faults.length < 10) {
      const seed = firstSeed + next++
      const sequence = new CallSequence(chat, new Random(seed), `${seed}`)
      await sequence.run(steps).catch((error: unknown) => faults.push(`seed ${seed}: ${error}`))
    }
  }
  await Promise.all(Array.from({ length: Math.min(groupsAtOnce, count) }, runInTurn))
  for (const close of closing) await close()
  return faults
}
