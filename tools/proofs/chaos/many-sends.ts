import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Link, openLink } from '../../../packages/server/src/testing/index.ts'
import { shopKey, startShop } from '../drain/shop-server.ts'
import { seeded } from '../stores/random.ts'
import type { Program } from '../stores/server-process.ts'
import { judge, type Verdict } from './check.ts'
import { readLogs } from './read-logs.ts'
import { SdkTalker } from './sdk-talker.ts'
import { FragileServer } from './server-storm.ts'

export interface ManySends extends Verdict {
  readonly clients: number
  readonly sent: number
  readonly accepted: number
  readonly stored: number
  readonly restarts: number
  readonly seconds: number
}

interface Plan {
  readonly program: Program
  readonly clients: number
  readonly messages: number
}

const rooms = ['a', 'b', 'c', 'd', 'e']
const deadlineMs = 300_000

/** Everybody sends all at once over links that lose 30 % of the answers, to a server that is killed once and stopped once. */
export async function manySends({ program, clients, messages }: Plan): Promise<ManySends> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-sends-'))
  const server = new FragileServer(() => startShop(program, folder))
  const links: Link[] = []
  const talkers: SdkTalker[] = []
  try {
    await server.start()
    for (let n = 0; n < clients; n++) {
      const link = await openLink(() => server.url, { random: seeded(n) })
      links.push(link)
      const room = rooms[n % rooms.length] ?? 'a'
      talkers.push(new SdkTalker(`sender ${n}`, [room], link, (user_id) => ({ ...shopKey, user_id })))
      link.randomly({ drop: { ack: 0.3 } })
    }
    const began = performance.now()
    talkers.forEach((talker, n) => {
      for (let nth = 0; nth < messages; nth++)
        talker.say(rooms[n % rooms.length] ?? 'a', `${talker.user} ${nth}`)
    })
    for (const end of ['kill', 'stop'] as const) {
      await pause(1_500)
      await server[end]()
      await server.start()
    }
    while (!talkers.every(({ isIdle }) => isIdle) && performance.now() - began < deadlineMs) await pause(100)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    for (const link of links) link.randomly({})
    return { ...(await verdictOf(server, talkers)), clients, restarts: 2, seconds }
  } finally {
    for (const talker of talkers) talker.close()
    await Promise.all(links.map((link) => link.close()))
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function verdictOf(server: FragileServer, talkers: readonly SdkTalker[]) {
  const logs = await readLogs(server.url, rooms)
  const sent = talkers.flatMap((talker) => talker.sent)
  // Whether lists are level is for the other runs: here an answer may come from the entry, and nobody waits for the rest.
  const { notLevel: _, examples, ...counts } = judge(talkers, logs)
  return {
    ...counts,
    notLevel: 0,
    examples: examples.filter((example) => !example.startsWith('notLevel')),
    sent: sent.length,
    accepted: sent.filter(({ outcome }) => outcome && '_id' in outcome).length,
    stored: [...logs.values()].reduce((sum, { messages }) => sum + messages.length, 0),
  }
}
