import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { testWorkspaces } from '../src/testing/start-server.ts'
import { describeTwoServers } from './support/two-servers.ts'

const own = 'https://chat.example'
const workspaces = testWorkspaces.map((one) => (one.id === 'demo' ? { ...one, origins: [own] } : one))
const deadlineMs = 10_000

describeTwoServers('two servers on one MongoDB', ({ newUrl, open }) => {
  it('[US5, US6] keep somebody who is blocked on one from calling and writing on the other', {
    timeout: 300_000,
  }, async () => {
    const [east, west] = await open(newUrl(), deadlineMs)
    const [ann, phone] = [await east.connect('ann'), await west.connect('ann')]
    const ben = await west.connect('ben', { role: 'agent' })
    const direct = { kind: 'direct' as const, members: ['ben'], cid: randomUUID() }
    const { _id: room } = await ann.request('create_room', direct)
    const say = () => ({ room_id: room, message_data: 'hello', cid: randomUUID() })
    const call = () => ({ userToCall: 'ann', signalData: 'x', cid: randomUUID() })
    await ben.request('message_event', say())

    await ann.request('block_user', { user_id: 'ben' })
    expect(await ben.refusal('message_event', say())).toBe('forbidden')
    expect(await phone.refusal('message_event', say())).toBe('forbidden')
    expect(await ben.refusal('callUser', call())).toBe('not_found')
    expect((await phone.request('get_blocked_users', {})).blocked_users).toMatchObject([{ user_id: 'ben' }])

    await phone.request('unblock_user', { user_id: 'ben' })
    await ben.request('message_event', say())
    expect(await ben.request('callUser', call())).toHaveProperty('callId')
  })

  it('[US4] lose no change that a user makes of their own on both at once', async () => {
    const [east, west] = await open(newUrl(), deadlineMs)
    const [ann, phone] = [await east.connect('ann', { name: 'Ann' }), await west.connect('ann')]
    const picture = 'https://example.org/ann.png'
    await Promise.all([
      ann.request('update_me', { name: 'Anna' }),
      phone.request('update_me', { metadata: { team: 'blue' } }),
      ann.request('update_me', { picture }),
    ])
    const expected = { user_id: 'ann', name: 'Anna', picture, metadata: { team: 'blue' } }
    for (const socket of [ann, phone])
      expect((await socket.request('get_users', { user_ids: ['ann'] })).users).toMatchObject([expected])
  })

  it('[OR3] both refuse pages of other origins', async () => {
    for (const chat of await open(newUrl(), deadlineMs, { workspaces })) {
      const auth = { protocol: 1, workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' }
      const from = (origin: string) => chat.open(auth, { extraHeaders: { origin } }).next(1)
      expect(await from('https://evil.example')).toMatchObject([['connect_error', { code: 'forbidden' }]])
      expect((await from(own))[0]?.[0]).toBe('hello')
    }
  })
})
