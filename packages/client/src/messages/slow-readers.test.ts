import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import type { StreamState } from './stream-state.ts'

// While it hears nothing, it must not take a slow machine for a server that is gone.
vi.mock('../connection/liveness-times.ts', async (original) => {
  const times = await original<typeof import('../connection/liveness-times.ts')>()
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms * 10]))
})

function hold(client: ChatClient, room: string) {
  onTestFinished(client.connect())
  const stream = client.rooms.messages(room)
  onTestFinished(stream.retain())
  return stream
}

const seqs = ({ messages }: StreamState) => messages.map(({ message }) => message?.seq)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1)
const long = 'x'.repeat(15_000)
const isComplete =
  (count: number) =>
  ({ sync, messages }: StreamState): boolean =>
    sync === 'live' && messages.length >= count

/** A client behind a link that takes nothing while another sends many long messages. */
async function stalled(limits: object, count: number) {
  const { server, client } = await openChat({ limits })
  const link = await openLink(server.url)
  const victim = openClient(link.url, 'victim')
  const room = hold(victim, 'busy')
  await until(room, ({ sync }) => sync === 'live')
  const writer = hold(client('writer'), 'busy')
  const witness = hold(client('witness'), 'busy')
  for (const one of [writer, witness]) await until(one, ({ sync }) => sync === 'live')
  // Nothing is under way: what is unread is known, and what is asked for beside it.
  await room.jumpTo('unread')
  await victim.request.get_all_topics({})
  link.stall()
  for (let sent = 0; sent < count; sent += 20) await Promise.all(upTo(20).map(() => writer.send(long)))
  await until(witness, isComplete(count))
  return { link, room, writer, victim }
}

it('[OB6] is complete after it read nothing for a while: it pages what it was not sent', async () => {
  const count = 600
  const { link, room, writer, victim } = await stalled({}, count)
  const heads: object[] = []
  onTestFinished(victim.on.heads((one) => heads.push(one)))
  const seen = new Set<string>()
  onTestFinished(room.subscribe(() => seen.add(room.getSnapshot().sync)))
  expect(room.getSnapshot().messages.length).toBeLessThan(count)

  link.flow()
  expect(seqs(await until(room, isComplete(count)))).toEqual(upTo(count))
  expect(heads).not.toHaveLength(0)
  expect([...seen].sort()).toEqual(['catching_up', 'live'])
  await writer.send('after')
  expect(seqs(await until(room, isComplete(count + 1)))).toEqual(upTo(count + 1))
})

it('[OB1] comes back by itself and is complete after it was closed for reading too slowly', async () => {
  const count = 600
  const limits = { outboundBytes: 262_144, outboundPushBytes: 1_000_000_000 }
  const { link, room } = await stalled(limits, count)
  const seen = new Set<string>()
  onTestFinished(room.subscribe(() => seen.add(room.getSnapshot().sync)))
  // Longer than the server waits for those whom it closes.
  await new Promise((resolve) => setTimeout(resolve, 3_500))
  link.flow()
  expect(seqs(await until(room, isComplete(count)))).toEqual(upTo(count))
  expect(seen).toContain('offline')
})

it('[OB5] notices the loss of a last entry by the next heads', async () => {
  const { server, client } = await openChat({ limits: { headsMs: 1_000 } })
  const link = await openLink(server.url)
  const annClient = openClient(link.url, 'ann')
  const ann = hold(annClient, 'r')
  const bob = hold(client('bob'), 'r')
  for (const room of [ann, bob]) await until(room, ({ sync }) => sync === 'live')
  await bob.send('before')
  await until(ann, isComplete(1))

  const pushed: number[] = []
  onTestFinished(annClient.on.entries(({ entries }) => pushed.push(...entries.map(({ seq }) => seq))))
  let isLost = false
  void link.lose('the last word').then(() => (isLost = true))
  // While the client still polls, nothing is lost.
  let count = 1
  for (; !isLost; count++) {
    await bob.send('the last word')
    await expect.poll(() => isLost || pushed.includes(count + 1)).toBe(true)
  }
  expect(seqs(await until(ann, isComplete(count)))).toEqual(upTo(count))
  expect(pushed).not.toContain(count)
})

/** A room of one message at a server that the test plays. */
async function heldRoom() {
  const message = (seq: number, epoch: string) => ({
    ...{ _id: `${epoch}-${seq}`, stream: 'room:r', seq, nth: seq, type: 'message', kind: 'text' },
    ...{ cid: crypto.randomUUID(), message_data: `${epoch} ${seq}`, author: 'bob', display_name: null },
    ...{ reply_to: null, created_at: '2026-01-01T00:00:00.000Z', client_created_at: null },
  })
  let log = { epoch: 'first', entries: [message(1, 'first')] }
  const page = (entries: object[], more: object = {}) => {
    const last = log.entries.at(-1)
    const head = { seq: last?.seq ?? 0, nth: last?.nth ?? 0, id: last?._id ?? null }
    return { stream: 'room:r', epoch: log.epoch, head, first_seq: 1, entries, more: false, ...more }
  }
  const fake = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: {
      join: ({ position }: { position?: { epoch: string; seq: number } }) =>
        position && (position.epoch !== log.epoch || position.seq > log.entries.length)
          ? page(log.entries, { reset: { reason: position.epoch === log.epoch ? 'ahead' : 'epoch' } })
          : page(log.entries.filter(({ seq }) => seq > (position?.seq ?? 0))),
      get_entries: ({ position }: { position: { seq: number } }) =>
        page(log.entries.filter(({ seq }) => seq > position.seq)),
    },
  })
  const room = hold(openClient(fake.url, 'ann'), 'r')
  await until(room, isComplete(1))
  return {
    room,
    asked: () => fake.received.map(([event]) => event),
    begin(epoch: string, count: number) {
      log = { epoch, entries: upTo(count).map((seq) => message(seq, epoch)) }
    },
    heads() {
      const [socket] = fake.sockets
      const { stream, epoch, head } = page([])
      socket?.emit('heads', {
        heads: [
          { stream: 'room:other', epoch: 'x', head },
          { stream, epoch, head },
        ],
      })
    },
  }
}

it('[OB6] does nothing about heads of a stream that is level, fetches what follows, and joins another log once', async () => {
  const { room, asked, heads, begin } = await heldRoom()
  const level = room.getSnapshot()
  heads()
  begin('first', 3)
  heads()
  heads()
  const three = await until(room, isComplete(3))
  expect(asked()).toEqual(['join', 'get_entries'])
  expect(three.messages[0]).toBe(level.messages[0])

  heads()
  begin('second', 2)
  heads()
  heads()
  await until(
    room,
    ({ sync, messages }) => sync === 'live' && messages[0]?.message.message_data === 'second 1',
  )
  heads()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(seqs(room.getSnapshot())).toEqual([1, 2])
  expect(asked()).toEqual(['join', 'get_entries', 'join'])
})

it('[LG6] joins again once where heads end before what is shown, or with another entry', async () => {
  const { room, asked, heads, begin } = await heldRoom()
  begin('first', 3)
  heads()
  await until(room, isComplete(3))
  begin('first', 2)
  heads()
  heads()
  const { reset } = await until(room, (state) => state.reset !== null && state.sync === 'live')
  expect(reset).toMatchObject({ reason: 'ahead', from: { seq: 3 }, epoch: 'first' })
  heads()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(seqs(room.getSnapshot())).toEqual([1, 2])
  expect(room.getSnapshot().reset).toBe(reset)
  expect(asked()).toEqual(['join', 'get_entries', 'join'])
})
