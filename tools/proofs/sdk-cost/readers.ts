import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { embeddedStore, type Store } from '../../../packages/server/src/index.ts'
import { startServer } from '../../../packages/server/src/testing/index.ts'
import type { TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import type { Answer, Order } from './reader.ts'
import { fill, openWriter } from './room.ts'

/** What a message costs a reader who has so many loaded, and what these take. */
export interface ReaderFigures {
  readonly loaded: number
  /** Of the whole process: the socket, the SDK, the collection of garbage. */
  readonly followedMs: number
  /** The same where the list is read after every message, as by a page that renders it. */
  readonly readMs: number
  readonly heapMb: number
  readonly heapMbAfterLeaving: number
}

/** Readers of rooms of these sizes, each a process; they get their messages in turns. */
export async function measureReaders(
  sizes: readonly number[],
  { rounds, messages }: { rounds: number; messages: number },
): Promise<ReaderFigures[]> {
  const store = await embeddedStore({ path: ':memory:' })
  const server = await startServer({ store })
  const writer = await openWriter(server.url)
  const readers: Reader[] = []
  try {
    for (const size of sizes) readers.push(await openReader(writer, server.url, store, size))
    // Once for nothing: code gets fast first.
    for (let round = -1; round < rounds; round++)
      for (const isReading of [false, true])
        for (const reader of readers) await reader.follow(isReading, messages, round >= 0)
    const figures: ReaderFigures[] = []
    for (const reader of readers) figures.push(await reader.figures())
    return figures
  } finally {
    for (const { child } of readers) child.kill()
    await server.close()
  }
}

type Reader = Awaited<ReturnType<typeof openReader>>

async function openReader(writer: TestSocket, url: string, store: Store, size: number) {
  const room = `of ${size}`
  await fill(store, room, size)
  const program = fileURLToPath(new URL('reader.ts', import.meta.url))
  const child = fork(program, { execArgv: [...process.execArgv, '--expose-gc'] })
  const { loaded, heapBytes } = await ask(child, { order: 'load', url, room, loaded: size })
  if (loaded < size * 0.9) throw new Error(`${loaded} of ${size} were loaded`)
  const costs = { followed: [] as number[], read: [] as number[] }
  return {
    child,
    async follow(isReading: boolean, messages: number, isCounted: boolean): Promise<void> {
      const until = randomUUID()
      const following = once(child, 'message')
      child.send({ order: 'follow', isReading, until } satisfies Order)
      await following
      const answer = once(child, 'message')
      for (let n = 0; n < messages; n++)
        await writer.request('message_event', {
          room_id: room,
          message_data: n === messages - 1 ? until : 'One more message, of the usual length',
          cid: randomUUID(),
        })
      const [{ cpuMs }] = (await answer) as [Answer]
      if (isCounted) costs[isReading ? 'read' : 'followed'].push(cpuMs / messages)
    },
    async figures(): Promise<ReaderFigures> {
      const after = await ask(child, { order: 'leave' })
      return {
        loaded,
        followedMs: median(costs.followed),
        readMs: median(costs.read),
        heapMb: mb(heapBytes),
        heapMbAfterLeaving: mb(after.heapBytes),
      }
    },
  }
}

async function ask(child: ChildProcess, order: Order): Promise<Answer> {
  const answered = once(child, 'message')
  child.send(order)
  const [answer] = (await answered) as [Answer]
  return answer
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Number((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(4))
}

function mb(bytes: number): number {
  return Number((bytes / 2 ** 20).toFixed(1))
}
