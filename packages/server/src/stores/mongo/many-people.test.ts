import { randomUUID } from 'node:crypto'
import type { CallDevice } from '@dowellchat/protocol'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { startMongoProxy } from '../../../tests/support/mongo-proxy.ts'
import { draft, newCall, range, room } from '../../testing/store-cases/making.ts'
import type { NewCall } from '../store.ts'
import { mongoStore } from './index.ts'

const at = '2026-11-29T12:00:00.000Z'
const later = '2026-11-29T13:00:00.000Z'

function callTo(caller: string, callee: string): NewCall {
  const deviceOf = (user_id: string): CallDevice => ({ user_id, device_id: `${user_id}'s tab` })
  return newCall({
    caller: deviceOf(caller),
    from: caller,
    callee_devices: [deviceOf(callee)],
    cid: randomUUID(),
  })
}

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  /** A store, and the names of the commands about some collections that it is asked for. */
  async function openWatched(...collections: readonly string[]) {
    const proxy = await startMongoProxy(server)
    onTestFinished(() => proxy.close())
    const names: string[] = []
    proxy.watch(({ name, document }) => {
      if (collections.includes(String(document[name]))) names.push(name)
    })
    const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
    const store = await mongoStore({ url, database: newDatabase(), deadlineMs: 30_000 })
    onTestFinished(() => store.close())
    const asked = (): string[] => names.splice(0)
    return { store, asked }
  }

  it('[RL28] writes what many people have read, and who has come, with as many commands as for one', async () => {
    const {
      store: { readers },
      asked,
    } = await openWatched('readers')
    const stream = 'room:r'
    const markOf = (nth: number) => (n: number) => ({
      ...{ user_ids: [`user-${n}`], stream, nth, seq: nth, at, is_listed: false },
    })

    for (const people of [range(1, 1), range(2, 101)]) {
      asked()
      const made = await readers.mark('acme', people.map(markOf(3)))
      expect(made.map(({ was }) => was)).toEqual(people.map(() => null))
      expect(asked()).toEqual(['find', 'insert'])

      const raised = await readers.mark('acme', people.map(markOf(7)))
      expect(raised.map(({ was, reader }) => [was, reader.user_id, reader.nth])).toEqual(
        people.map((n) => [3, `user-${n}`, 7]),
      )
      expect(asked()).toEqual(['find', 'update'])

      const coming = people.map((n) => ({ user_ids: [`user-${n}`], stream, at }))
      expect(await readers.enter('acme', coming)).toHaveLength(people.length)
      expect(asked()).toEqual(['find', 'update'])

      expect(await readers.enter('acme', coming)).toEqual([])
      expect(asked()).toEqual(['find'])
    }
    const [known] = await readers.ofStream('acme', stream, { user_ids: ['user-50'], limit: 1 })
    expect(known).toMatchObject({ nth: 7, seq: 7, is_listed: true })
  })

  it('[RL28] counts what many people who write in one room have not read with one command', async () => {
    const { store, asked } = await openWatched('entries')
    const key = room('busy')
    for (const n of range(1, 6))
      await store.streams.append(
        key,
        range(1, 50).map((at) => draft({ author: `user-${at}`, message_data: `${n}` })),
      )
    const marks = range(1, 50).map((n) => ({
      ...key,
      mark: { nth: 200 + n, seq: 200 + n, user_ids: [`user-${n}`, `guest-${n}`] },
    }))
    asked()
    const together = await store.streams.ends(marks)
    expect(asked().length).toBeLessThanOrEqual(3)
    const alone = await Promise.all(marks.map(async (mark) => (await store.streams.ends([mark]))[0]?.unread))
    expect(together.map((end) => end?.unread)).toEqual(alone)
    // Of the 300th message on, of which one is their own.
    expect(alone.slice(0, 3)).toEqual([98, 97, 96])
  })

  it('[US29] sees many users with as many commands as one', async () => {
    const {
      store: { users },
      asked,
    } = await openWatched('users')
    for (const people of [range(1, 1), range(2, 101)]) {
      const seen = (at: string) =>
        people.map((n) => ({ user_id: `user-${n}`, name: null, picture: null, at }))
      asked()
      await users.see('acme', seen(at))
      expect(asked()).toEqual(['find', 'insert'])
      await users.see('acme', seen(later))
      expect(asked()).toEqual(['find', 'update'])
    }
    // Half of them are new.
    await users.see(
      'acme',
      range(52, 151).map((n) => ({ user_id: `user-${n}`, name: `User ${n}`, picture: null, at: later })),
    )
    expect(asked()).toEqual(['find', 'update', 'insert'])
    const rows = await users.get('acme', ['user-1', 'user-60', 'user-151'])
    expect(rows.map(({ user_id, name }) => [user_id, name])).toEqual([
      ['user-1', null],
      ['user-60', 'User 60'],
      ['user-151', 'User 151'],
    ])
  })

  it('[US30] looks up what many people ask at a time with few commands, and gives each of them their own', async () => {
    const names = ['aliases', 'blocks', 'calls', 'readers', 'streams'] as const
    const { store, asked } = await openWatched(...names)
    const { aliases, blocks, calls, readers, streams } = store
    const people = range(1, 60).map((n) => `user-${n}`)
    for (const [n, user] of people.entries()) {
      await aliases.create('acme', `guest:${user}`, user)
      await blocks.create('acme', user, `foe-of-${user}`)
      await streams.open(room(`room of ${user}`))
      await readers.mark('acme', [
        { user_ids: [user], stream: 'room:r', nth: n, seq: n, at, is_listed: false },
      ])
    }
    // One has more than is read of each.
    for (const n of range(1, 5)) await aliases.create('acme', `guest:${n}`, 'user-1')
    const called = await Promise.all(
      people.slice(0, 25).map((user) => calls.create(callTo(`caller of ${user}`, user))),
    )
    for (const n of range(1, 25)) await calls.create(callTo(`caller ${n}`, 'user-1'))

    asked()
    const found = await Promise.all(
      people.map(async (user) => ({
        guests: (await aliases.list('acme', user, { limit: 2 })).map(({ guest_id }) => guest_id),
        foes: (await blocks.list('acme', user, { limit: 2 })).map(({ blocked_id }) => blocked_id),
        rings: (await calls.listOpenOf('acme', user)).map(({ caller }) => caller.user_id),
        mark: (await readers.get('acme', [user], 'room:r'))?.nth,
        end: (await streams.ends([room(`room of ${user}`)]))[0]?.head.seq,
      })),
    )
    expect(asked().length).toBeLessThan(people.length / 2)
    // One who has as much as may be read of both keeps the other from nothing.
    for (const n of range(1, 5)) await aliases.create('acme', `guest of zed ${n}`, 'zed')
    const both = await Promise.all(['zed', 'user-2'].map((user) => aliases.list('acme', user, { limit: 2 })))
    expect(both.map((some) => some.map(({ guest_id }) => guest_id))).toEqual([
      ['guest of zed 5', 'guest of zed 4'],
      ['guest:user-2'],
    ])
    expect(called.every((one) => one && 'created' in one)).toBe(true)
    expect(found[0]).toMatchObject({
      guests: ['guest:5', 'guest:4'],
      foes: ['foe-of-user-1'],
      mark: 0,
      end: 0,
    })
    expect(found[0]?.rings).toEqual(range(6, 25).map((n) => `caller ${31 - n}`))
    for (const [n, user] of people.entries()) {
      if (n === 0) continue
      expect(found[n]).toEqual({
        guests: [`guest:${user}`],
        foes: [`foe-of-${user}`],
        rings: n < 25 ? [`caller of ${user}`] : [],
        mark: n,
        end: 0,
      })
    }
  })
})
