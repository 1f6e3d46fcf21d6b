import { Fleet } from './chaos/fleet.ts'
import { type Recounted, recount } from './recount/run.ts'
import { numberAfter } from './support/options.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src',
  'pnpm-lock.yaml',
  'tools/proofs/recount*',
  ':!**/*.test.ts*',
]

/**
 * Five people on three devices each, on two servers that are killed, do 10,000 things that one does in a chat: write, answer,
 * mention, edit, remove, react, pin, start threads, mark as read and unread, keep rooms, report, mute. Then all unread, mention,
 * reaction, pin and thread counts of every person, asked of each server and shown by each SDK, are held against a recount from
 * the log; and whatever was answered must be in the log, once.
 *
 * `--deeds 2000` does less, `--seed 7` something else.
 */
export async function prove(): Promise<Recounted> {
  const deeds = numberAfter('--deeds') ?? 10_000
  const seed = numberAfter('--seed') ?? 1
  const fleet = await Fleet.start({ program: 'build', nodes: 2, isHasty: false })
  try {
    const calmDeeds = Math.round(deeds / 20)
    const kills = Math.ceil(deeds / 500)
    const plan = { seed, devices: 3, deeds: deeds - calmDeeds, calmDeeds, kills, moves: 3 * kills }
    const figures = await recount(fleet.nodes, plan)
    console.dir(figures, { depth: 3, maxArrayLength: 60 })
    for (const one of figures.wrong) process.stdout.write(`WRONG: ${one}\n`)
    if (figures.wrong.length > 0) process.exitCode = 1
    return figures
  } finally {
    await fleet.stop()
  }
}
