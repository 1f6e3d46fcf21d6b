import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { PushOf } from '../../../packages/protocol/src/index.ts'
import type { TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import type { Scene } from './scene.ts'

/** How long messages took from being sent to being heard, in milliseconds. */
export interface Lags {
  readonly messages: number
  readonly half: number
  readonly most99: number
  readonly most: number
}

const everyMs = 50

/** Sends messages from one person to a room, and says how long each took to the others. */
export async function lagsOf(
  sender: TestSocket,
  readers: readonly TestSocket[],
  room: string,
  seconds: number,
) {
  const lags: number[] = []
  const sentAt = new Map<string, number>()
  let heard = 0
  const offs = readers.map((reader) => {
    const onEntries = ({ entries }: PushOf<'entries'>): void => {
      for (const entry of entries) {
        const at = 'cid' in entry ? sentAt.get(entry.cid) : undefined
        if (at === undefined) continue
        lags.push(performance.now() - at)
        heard += 1
      }
    }
    reader.socket.on('entries', onEntries)
    return () => reader.socket.off('entries', onEntries)
  })
  const until = performance.now() + seconds * 1_000
  while (performance.now() < until) {
    const cid = randomUUID()
    sentAt.set(cid, performance.now())
    sender.emit('message_event', { room_id: room, message_data: 'Hello', cid })
    await pause(everyMs)
  }
  for (let n = 0; n < 200 && heard < sentAt.size * readers.length; n++) await pause(50)
  for (const off of offs) off()
  return { sent: sentAt.size, lost: sentAt.size * readers.length - heard, lags }
}

export function summed(lags: readonly number[]): Lags {
  const sorted = [...lags].sort((a, b) => a - b)
  const at = (part: number) => Math.round((sorted[Math.floor(part * (sorted.length - 1))] ?? 0) * 10) / 10
  return { messages: sorted.length, half: at(0.5), most99: at(0.99), most: at(1) }
}

/** How long it takes until everybody on a server that is killed is offline at the other one, in milliseconds. */
export async function killedAfter(scene: Scene, people: number): Promise<number> {
  const [east, west] = scene.servers
  const names = Array.from({ length: people }, (_, at) => `gone ${at}`)
  for (const name of names) await scene.connect(east, name)
  const watcher = await scene.connect(west, `watcher ${randomUUID()}`)
  for (let at = 0; at < names.length; at += 100) {
    const { presences } = await watcher.request('get_presence', { user_ids: names.slice(at, at + 100) })
    if (presences.some(({ availability }) => availability !== 'online'))
      throw new Error('Somebody who is connected is not shown so')
  }
  const gone = new Set<string>()
  const all = new Promise<void>((resolve) => {
    watcher.socket.on('presence_changed', ({ presences }: PushOf<'presence_changed'>) => {
      for (const { user_id, availability } of presences) if (availability === 'offline') gone.add(user_id)
      if (names.every((name) => gone.has(name))) resolve()
    })
  })
  const killedAt = performance.now()
  const startAgain = await scene.replace(east)
  await all
  const ms = Math.round(performance.now() - killedAt)
  watcher.socket.disconnect()
  await startAgain()
  return ms
}

const ticksPerSecond = 100

/** How long the processes of servers have used a core, in milliseconds; 0 where the system does not say. */
export function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const file = `/proc/${pid}/stat`
    if (!existsSync(file)) return sum
    const fields = readFileSync(file, 'utf8').split(') ')[1]?.split(' ') ?? []
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond
  }, 0)
}

/** Counts how often somebody who stays is said to be gone. */
export function falseEnds(watcher: TestSocket, names: readonly string[]): () => number {
  let ends = 0
  watcher.socket.on('presence_changed', ({ presences }: PushOf<'presence_changed'>) => {
    for (const { user_id, availability } of presences)
      if (availability === 'offline' && names.includes(user_id)) ends += 1
  })
  return () => ends
}
