import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type Loss, lossyBus } from '../../tests/support/lossy-bus.ts'
import { describeTwoServers, type TwoServers } from '../../tests/support/two-servers.ts'
import { redisBus } from '../nodes/redis-bus.ts'
import { mongoStore } from '../stores/mongo/index.ts'
import { messagesIn, openChat, type TestChat, type TestSocket } from '../testing/connect.ts'

/** They come within two seconds; it only ends what hangs, since the machine may be busy. */
const latestMs = 20_000

interface Scene {
  readonly current: readonly TestSocket[]
  readonly v2: readonly TestSocket[]
  /** Sends one message after the other, now from one server and now from the other; answers those that were taken. */
  talk(count: number, everyMs: number): Promise<Message[]>
}

/** On each server a member of the room in each dialect. */
async function sceneOf(chats: readonly TestChat[]): Promise<Scene> {
  const current = await Promise.all(chats.map((chat, at) => chat.connect(`reader ${at}`)))
  const senders = await Promise.all(chats.map((chat, at) => chat.connect(`sender ${at}`)))
  const v2 = await Promise.all(chats.map((chat) => chat.connectV2()))
  for (const socket of [...current, ...v2]) await socket.ask('join', { room: 'r' })
  return {
    current,
    v2,
    async talk(count, everyMs) {
      const sent: Promise<Message>[] = []
      for (let n = 0; n < count; n++) {
        const sender = senders[n % senders.length] as TestSocket
        const draft = { room_id: 'r', message_data: `${n} ${randomUUID()}`, cid: randomUUID() }
        sent.push(sender.request('message_event', draft))
        await pause(everyMs)
      }
      return Promise.all(sent)
    },
  }
}

const textsOf = (page: TestSocket): string[] =>
  page.frames.flatMap(([event, data]) => {
    const { sid, data: text } = (data ?? {}) as { sid?: string; data?: unknown }
    return event === 'my_response' && sid !== undefined ? [String(text)] : []
  })

/** Waits until every member has heard exactly these messages, in the order of their seqs. */
async function expectLevel({ current, v2 }: Scene, sent: readonly Message[]): Promise<void> {
  const log = sent.toSorted((a, b) => a.seq - b.seq)
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, at) => at + 1))
  await vi.waitFor(
    () => {
      for (const socket of current) expect(messagesIn(socket.frames)).toHaveLength(log.length)
      for (const page of v2) expect(textsOf(page)).toHaveLength(log.length)
    },
    { timeout: latestMs, interval: 5 },
  )
  for (const socket of current) expect(messagesIn(socket.frames)).toEqual(log)
  const texts = log.map(({ message_data }) => message_data)
  for (const page of v2) expect(textsOf(page)).toEqual(texts)
}

/** Two servers each of which loses some of what the other says. */
async function openLossy({ newUrl, redis }: TwoServers, loss: Loss): Promise<Scene> {
  const url = newUrl()
  const open = async () =>
    openChat(onTestFinished, {
      store: await mongoStore({ url, deadlineMs: 10_000 }),
      keyPepper: 'the pepper of both servers',
      bus: lossyBus(redisBus({ url: redis.url, channel: url }), loss),
    })
  return sceneOf([await open(), await open()])
}

describeTwoServers(
  'two servers on one MongoDB and one Redis',
  (servers) => {
    it('[NS1] are level again in time where every twentieth text between them is lost, or all are', async () => {
      const loss: Loss = { every: 20 }
      const scene = await openLossy(servers, loss)
      const sent = await scene.talk(100, 15)
      await expectLevel(scene, sent)
      loss.every = 1
      sent.push(...(await scene.talk(40, 50)))
      await expectLevel(scene, sent)
      loss.every = 0
      sent.push(...(await scene.talk(20, 5)))
      await expectLevel(scene, sent)
    })

    it('[NS2] go on with Redis stopped, killed and emptied: here as always, there in time', async () => {
      const scene = await sceneOf(await servers.open(servers.newUrl(), 10_000))
      const sent = await scene.talk(20, 5)
      await expectLevel(scene, sent)
      const { redis } = servers
      for (const [stop, start] of [
        [() => redis.hang(), () => redis.goOn()],
        [() => redis.kill(), () => redis.restart()],
      ] as const) {
        await stop()
        sent.push(...(await scene.talk(40, 50)))
        // A sender's own server shows a message when it is taken.
        await expectLevel(scene, sent)
        await start()
        sent.push(...(await scene.talk(20, 20)))
        await expectLevel(scene, sent)
      }
    })
  },
  { withRedis: true },
)
