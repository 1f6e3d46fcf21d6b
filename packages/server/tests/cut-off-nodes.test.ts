import { randomUUID } from 'node:crypto'
import type { Message } from '@dowellchat/protocol'
import { MongoClient } from 'mongodb'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { StoreUnavailableError, type StreamStore } from '../src/stores/store.ts'
import { entriesIn, messagesIn, openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { keptLog } from './support/kept-log.ts'
import { describeTwoServers } from './support/two-servers.ts'
import { wire } from './support/wire.ts'

const deadlineMs = 10_000
const stream = 'room:r'
const keyPepper = 'the pepper of all servers'

describeTwoServers('two servers on one MongoDB', ({ newUrl }) => {
  /** Two servers that hear each other, and a member of the room on each. */
  async function open(replace: (streams: StreamStore) => Partial<StreamStore> = () => ({})) {
    const [url, bus] = [newUrl(), wire()]
    const openOne = async (methods: typeof replace): Promise<TestChat> => {
      const store = await mongoStore({ url, deadlineMs })
      const { logger } = keptLog()
      const options = { keyPepper, bus: bus.join(), logger }
      const streams = { ...store.streams, ...methods(store.streams) }
      return openChat(onTestFinished, { ...options, store: { ...store, streams } })
    }
    const [east, west] = [await openOne(replace), await openOne(() => ({}))]
    const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
    for (const one of [ann, ben]) await one.request('join', { room: 'r' })
    const draft = { room_id: 'r', message_data: 'secret', cid: randomUUID() }
    const sent = await ann.request('message_event', draft)
    await expect.poll(() => messagesIn(ben.frames)).toEqual([sent])
    return { url, bus, west, ann, ben, sent }
  }

  /** Begins to remove a message, as a server does that is killed before it has gone on. */
  async function begin(url: string, { seq }: Pick<Message, 'seq'>): Promise<void> {
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    const pending = { cid: `deletion:${randomUUID()}`, targets: [seq], reason: 'deleted' }
    const update = { $set: { removing: JSON.stringify(pending), last_begun: pending.cid } }
    await client.db().collection('streams').updateOne({ stream }, update)
  }

  const deletions = (socket: TestSocket) =>
    entriesIn(socket.frames).flatMap((entry) => (entry.type === 'deletion' ? [entry.targets] : []))

  it('[DI6] show all members that a message is removed whose removal was taken late and cut off', async () => {
    let looks = 0
    const { url, ann, ben, sent } = await open(({ ends }) => ({
      ends(asked) {
        looks += 1
        return ends(asked)
      },
      remove: () => Promise.reject(new StoreUnavailableError('no answer')),
    }))
    const asked = { stream, seq: sent.seq, message_id: sent._id, cid: randomUUID() }
    expect(await ann.refusal('delete_message', asked)).toBe('unavailable')
    const before = looks
    // It was looked for in vain.
    await expect.poll(() => looks - before).toBeGreaterThan(2)
    await begin(url, sent)
    for (const one of [ann, ben]) await expect.poll(() => deletions(one)).toEqual([[sent.seq]])
  })

  it('[DI6] show it once the server has ended that was removing it', async () => {
    const { url, bus, ann, ben, sent } = await open()
    const store = await mongoStore({ url, deadlineMs })
    const gone = await openChat(onTestFinished, { keyPepper, store, bus: bus.join() })
    await begin(url, sent)
    await gone.close()
    for (const one of [ann, ben]) await expect.poll(() => deletions(one)).toEqual([[sent.seq]])
  })

  it('[DI6] show it to all once somebody who joins anywhere has read it', async () => {
    const { url, west, ann, ben, sent } = await open()
    // After a change, who joins reads the room anew.
    const asked = { stream, seq: sent.seq, message_id: sent._id, cid: randomUUID() }
    await ann.request('react', { ...asked, reaction: '👍' })
    await expect.poll(() => entriesIn(ben.frames)).toHaveLength(2)
    await begin(url, sent)
    const cem = await west.connect('cem')
    const { entries } = await cem.request('join', { room: 'r' })
    expect(JSON.stringify(entries)).not.toContain('secret')
    for (const one of [ann, ben]) await expect.poll(() => deletions(one)).toEqual([[sent.seq]])
  })
})
