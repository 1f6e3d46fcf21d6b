import { randomUUID } from 'node:crypto'
import { ErrorBody } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { type ChangeStore, type RevocationStore, StoreUnavailableError } from '../src/stores/store.ts'
import { messagesIn, openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'
import { describeTwoServers } from './support/two-servers.ts'

const closed = ['disconnect', 'transport close']

describeTwoServers('two servers on one MongoDB', ({ newUrl, open, openOne }) => {
  async function enter(chat: TestChat, token: string): Promise<TestSocket> {
    const socket = chat.open({ protocol: 1, token })
    await socket.heard(2)
    return socket
  }

  it('[RV2] end the connections of a revoked user on both, refuse the old token and deliver nothing later', async () => {
    const [east, west] = await open(newUrl(), 10_000, { tokens: { secrets: [secret] } })
    const token = sign({ iat: now() - 10 })
    const admin = await enter(east, sign({ sub: 'root', role: 'admin' }))
    const sockets = [await enter(east, token), await enter(west, token), await enter(west, token)]
    const ben = await enter(west, sign({ sub: 'ben' }))
    const writer = await enter(west, sign({ sub: 'writer' }))
    const joins = await Promise.all([...sockets, ben].map((socket) => socket.request('join', { room: 'r' })))
    const position = { epoch: joins[0]?.epoch ?? '', seq: 0, id: null }
    for (const socket of sockets) await socket.heard()

    await admin.request('revoke_sessions', { user_id: 'ann' })
    const revokedAt = performance.now()
    await expect.poll(() => sockets.map(({ frames }) => frames.at(-1))).toEqual(sockets.map(() => closed))
    // Five seconds on a machine that is not busy: [RV3] looks at the time alone.
    expect(performance.now() - revokedAt).toBeLessThan(15_000)

    await writer.request('message_event', { room_id: 'r', message_data: 'later', cid: randomUUID() })
    await expect.poll(() => messagesIn(ben.frames).length).toBe(1)
    for (const socket of sockets) {
      expect(messagesIn(socket.frames)).toEqual([])
      expect((await socket.first('error_response')).error).toMatchObject({ details: 'revoked' })
    }
    for (const chat of [east, west]) {
      const back = chat.open({ protocol: 1, token })
      back.emit('get_entries', { stream: 'room:r', position })
      const frames = await back.heard(1)
      expect(frames.map(([event]) => event)).toEqual(['connect_error'])
      expect(ErrorBody.parse(frames[0]?.[1])).toMatchObject({ code: 'unauthenticated', details: 'revoked' })
    }
  })
  it('[RV2] end them though the server that was asked could not tell the other at once', async () => {
    const [url, tokens] = [newUrl(), { secrets: [secret] }]
    const store = await mongoStore({ url, deadlineMs: 10_000 })
    let failures = 0
    const append: ChangeStore['append'] = async (changes) => {
      if (failures-- > 0) throw new StoreUnavailableError('late')
      await store.changes.append(changes)
    }
    const keyPepper = 'the pepper of both servers'
    const failing = { ...store, changes: { ...store.changes, append } }
    const east = await openChat(onTestFinished, { store: failing, keyPepper, tokens })
    const west = await openOne(url, 10_000, { tokens })
    const admin = await enter(east, sign({ sub: 'root', role: 'admin' }))
    const anns = [await enter(east, sign({ iat: now() - 10 })), await enter(west, sign({ iat: now() - 10 }))]
    failures = 2
    expect(await admin.refusal('revoke_sessions', { user_id: 'ann' })).toBe('unavailable')
    await expect.poll(() => anns.map(({ frames }) => frames.at(-1))).toEqual(anns.map(() => closed))
  })

  it('[RV2] end them though the store took the revocation late, after it was refused as unavailable', async () => {
    const [url, tokens] = [newUrl(), { secrets: [secret] }]
    const store = await mongoStore({ url, deadlineMs: 10_000 })
    let write: () => Promise<unknown> = async () => undefined
    const revoke: RevocationStore['revoke'] = async (...args) => {
      write = () => store.revocations.revoke(...args)
      throw new StoreUnavailableError('late')
    }
    const keyPepper = 'the pepper of both servers'
    const late = { ...store, revocations: { ...store.revocations, revoke } }
    const east = await openChat(onTestFinished, { store: late, keyPepper, tokens })
    const west = await openOne(url, 10_000, { tokens })
    const admin = await enter(east, sign({ sub: 'root', role: 'admin' }))
    // Of an earlier one, nothing is told again.
    await store.revocations.revoke('demo', { user_id: 'ann', revoked_before: new Date(0).toISOString() })
    const anns = [await enter(east, sign({ iat: now() - 10 })), await enter(west, sign({ iat: now() - 10 }))]
    expect(await admin.refusal('revoke_sessions', { user_id: 'ann' })).toBe('unavailable')
    await write()
    await expect.poll(() => anns.map(({ frames }) => frames.at(-1))).toEqual(anns.map(() => closed))
  })
})
