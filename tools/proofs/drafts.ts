import { type Act, killProgram, play, problemsOf, type Size, stopProgram } from './drafts/acts.ts'
import { forked } from './drafts/author.ts'
import { Readers } from './drafts/readers.ts'
import { identity, Scene } from './drafts/scene.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src',
  'pnpm-lock.yaml',
  'tools/proofs/drafts*',
  ':!**/*.test.ts',
]

const sizes = {
  full: {
    readers: 200,
    perLink: 5,
    answer: { steps: 2_000, everyMs: 10 },
    short: { steps: 600, everyMs: 10 },
  },
  quick: { readers: 20, perLink: 2, answer: { steps: 300, everyMs: 20 }, short: { steps: 150, everyMs: 20 } },
}
const room = 'lobby'
const seed = 17

/**
 * Two servers on one MongoDB and one Redis, and readers of the SDK, who are cut off again and again, while a program writes an
 * answer bit by bit: all of them must end with the same text, once. Then the program is killed, its server, and a reader asks to
 * stop. And what a step costs the servers, with and without readers.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const size = quick ? sizes.quick : sizes.full
  const scene = await Scene.open()
  let readers: Readers | undefined
  try {
    const place = { url: scene.urls[0] as string, workspace: identity.workspace_id, key: identity.api_key }
    const open = (count: number, where: string) =>
      Readers.open({ urls: scene.urls, count, perLink: size.perLink, room: where, ...identity })
    const alone = await open(1, 'elsewhere')
    const costAlone = await costOf(scene, size.answer, () =>
      play(
        { readers: alone, place: { ...place, room: 'elsewhere' }, begin: forked, seed, cutEveryMs: 0 },
        size.answer,
      ),
    )
    await alone.close()
    readers = await open(size.readers, room)
    const stage = { readers, place: { ...place, room }, begin: forked, seed, cutEveryMs: 0 }
    const stormy = { ...stage, cutEveryMs: 250 }
    const costRead = await costOf(scene, size.answer, () => play(stage, size.answer))
    const acts: Record<string, Act> = {
      'one reader': costAlone.act,
      'without cuts': costRead.act,
      'with cuts': await play(stormy, size.answer),
      'the program is killed': await play(stormy, size.short, killProgram(forked)),
      'a reader stops it': await play(stormy, size.answer, stopProgram(readers, size.short.steps / 3)),
      'its server is killed': await play(stage, size.short, async (author, { steps }) => {
        await author.untilStep(steps / 3)
        await scene.kill(0)
        await scene.start(0)
        return author
      }),
    }
    const cost = {
      alone: costAlone.usPerStep,
      read: costRead.usPerStep,
      pushesPerSecond: rateOf(costRead.act, size.readers),
    }
    const problems = Object.entries(acts).flatMap(([name, act]) => problemsOf(name, act))
    console.dir({ cost, acts, problems }, { depth: 4 })
    if (problems.length > 0) process.exitCode = 1
    return {
      quick,
      mongo: scene.isStandIn ? 'stand-in' : 'mongod',
      readers: size.readers,
      cost,
      acts,
      problems,
    }
  } finally {
    await readers?.close()
    await scene.close()
  }
}

/** What the servers use for an answer, a step, in µs, beyond what they use for nothing in the same time. */
async function costOf(scene: Scene, { steps }: Size, run: () => Promise<Act>) {
  const from = scene.cpuMs
  const act = await run()
  const used = scene.cpuMs - from
  const idleFrom = scene.cpuMs
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  const idle = ((scene.cpuMs - idleFrom) / 3) * act.seconds
  return { act, usPerStep: Math.round(((used - idle) * 1_000) / steps) }
}

/** How often a reader's row has changed, a second. */
function rateOf({ rows, seconds }: Act, readers: number): number {
  return Math.round((rows / readers / seconds) * 10) / 10
}
