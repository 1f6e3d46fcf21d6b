import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { TestSocket } from '../src/testing/connect.ts'
import { eraseAll, operatorAuth } from './support/erasing.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'
import { enterAsGuest, logIn } from './support/guest-journey.ts'
import { callTo } from './support/phones.ts'
import { describeTwoServers } from './support/two-servers.ts'

const storeMs = 30_000
const options = { tokens: { secrets: [secret] } }
const keyPepper = 'the pepper of both servers'
const canary = 'ann-canary'
const cid = () => randomUUID()
const timeout = 300_000

const say = (room_id: string, message_data = 'x') => ({ room_id, message_data, cid: cid() })

describeTwoServers(
  'what was done at one server, asked at the other',
  ({ newUrl, open }) => {
    it('[MO9, US6] a block covers who either of the two was as a guest', { timeout }, async () => {
      const [east, west] = await open(newUrl(), storeMs, options)
      const [{ hello: guest }, { hello: otherGuest }] = [await enterAsGuest(east), await enterAsGuest(west)]
      const ben = (await logIn(west, 'ben')).socket
      const eve = (await logIn(west, 'eve', { guest_token: otherGuest.guest_token })).socket
      const create = (kind: 'direct' | 'members') => ({ kind, members: [guest.user_id], cid: cid() })
      const { _id: direct } = await eve.request('create_room', create('direct'))
      const ann = (await logIn(east, 'ann', { guest_token: guest.guest_token })).socket
      const tablet = (await logIn(west, 'ann')).socket
      const expectBlocked = async () => {
        expect(await eve.refusal('message_event', say(direct))).toBe('forbidden')
        for (const kind of ['direct', 'members'] as const)
          expect(await eve.refusal('create_room', create(kind)), kind).toBe('forbidden')
        await eve.ask('callUser', callTo(guest.user_id))
      }

      await ann.request('block_user', { user_id: 'eve' })
      await expectBlocked()
      expect(await tablet.refusal('message_event', say(direct))).toBe('forbidden')
      const blocked = { blocked_by: 'ann', user_id: 'eve', is_blocked: true }
      expect(await tablet.first('block_changed')).toEqual(blocked)
      expect((await ben.request('create_room', create('members'))).member_count).toBe(2)
      await ann.request('unblock_user', { user_id: 'eve' })
      await eve.request('message_event', say(direct))
      // Whom she met as a guest.
      await ann.request('block_user', { user_id: otherGuest.user_id })
      await expectBlocked()
      await ann.request('unblock_user', { user_id: otherGuest.user_id })
      const { callId } = await eve.request('callUser', callTo('ann'))
      await ann.untilHeard('callUser')
      const calls = ann.frames.filter(([event]) => event === 'callUser')
      expect(calls).toEqual([['callUser', expect.objectContaining({ callId })]])
    })

    it('[IN4] an invite lets nobody in again who was removed', { timeout }, async () => {
      const [east, west] = await open(newUrl(), storeMs, options)
      const [ann, annWest] = [await east.connect('ann'), await west.connect('ann')]
      const [ben, benWest] = [await east.connect('ben'), await west.connect('ben')]
      const [eve, eveEast] = [await west.connect('eve'), await east.connect('eve')]
      const { _id: room } = await ann.request('create_room', {
        kind: 'members',
        members: ['ben'],
        cid: cid(),
      })
      const { invite } = await ann.request('create_invite', { room, uses: 99, cid: cid() })
      const accept = (socket: TestSocket) => socket.ask('accept_invite', { invite })
      expect(await accept(eve)).toMatchObject({ status: 'success' })

      await ann.request('remove_members', { room, members: ['eve'] })
      expect(await accept(eve)).toMatchObject({ error: { code: 'not_found' } })
      expect(await accept(eveEast)).toMatchObject({ error: { code: 'not_found' } })
      await ben.request('leave_room', { room })
      expect(await accept(benWest)).toMatchObject({ status: 'success' })

      // Whichever of the two comes first.
      for (let round = 0; round < 5; round++) {
        await annWest.request('add_members', { room, members: ['eve'] })
        await Promise.all([ann.request('remove_members', { room, members: ['eve'] }), accept(eve)])
        expect(await accept(eve)).toMatchObject({ error: { code: 'not_found' } })
        expect(await eve.refusal('join', { room })).toBe('not_found')
      }
      await annWest.request('add_members', { room, members: ['eve'] })
      await eve.request('leave_room', { room })
      expect(await accept(eveEast)).toMatchObject({ status: 'success' })
    })

    it('[MB6, PD2] the room of an erased owner is the oldest member’s, and nothing names who was erased', {
      timeout,
    }, async () => {
      const url = newUrl()
      const [east, west] = await open(url, storeMs, options)
      const store = await mongoStore({ url, deadlineMs: storeMs })
      onTestFinished(() => store.close())
      const operator = await east.connect('root', await operatorAuth(store, keyPepper, ['erase']))
      const annAt = async (chat: typeof east, iat = now() - 10) => {
        const token = sign({ sub: canary, name: canary, iat })
        return (await logIn(chat, canary, { token })).socket
      }
      const [ann, annWest] = [await annAt(east), await annAt(west)]
      const [ben, cy] = [await west.connect('ben'), await west.connect('cy')]
      const make = (members: string[]) => ann.request('create_room', { kind: 'members', members, cid: cid() })
      const [{ _id: room }, { _id: alone }] = [await make(['ben', 'cy']), await make([])]
      const { invite } = await ann.request('create_invite', { room: alone, cid: cid() })
      await annWest.request('message_event', say(room, canary))
      for (const socket of [ben, cy]) {
        // The second server has them in memory.
        expect(JSON.stringify(await socket.request('join', { room }))).toContain(canary)
        expect(JSON.stringify(await socket.request('get_room_members', { room }))).toContain(canary)
        await socket.first('room_updated', ({ data }) => data._id === room)
        await socket.heard()
      }

      await eraseAll(operator, canary)

      await annWest.closed()
      for (const socket of [ben, cy]) {
        await socket.untilHeard('member_changed', 'entries', 'room_updated')
        const news = await socket.heard()
        const told = (name: string) => news.filter(([event]) => event === name).map(([, data]) => data)
        expect(told('member_changed')).toMatchObject([{ room, changes: [{ user_id: 'ben', role: 'owner' }] }])
        expect(told('room_updated')).toContainEqual({
          data: expect.objectContaining({ _id: room, owner: 'ben', member_count: 2 }),
        })
        const shown = [
          await socket.request('get_room', { room }),
          await socket.request('get_room_members', { room }),
          await socket.request('join', { room }),
        ]
        expect(JSON.stringify([news, shown])).not.toContain(canary)
      }
      expect(await ben.refusal('accept_invite', { invite })).toBe('not_found')
      // Who comes again has none of it.
      const again = await annAt(west, now() + 1)
      expect((await again.request('get_rooms', {})).rooms).toEqual([])
      for (const one of [room, alone]) expect(await again.refusal('join', { room: one })).toBe('not_found')
      const { _id: own } = await ben.request('create_room', {
        kind: 'members',
        members: [canary],
        cid: cid(),
      })
      expect((await again.request('get_room', { room: own })).role).toBe('member')
      expect((await ben.request('remove_members', { room, members: ['cy'] })).member_count).toBe(1)
    })
  },
  { withRedis: true },
)
