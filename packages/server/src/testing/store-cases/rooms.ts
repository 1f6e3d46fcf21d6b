import { randomUUID } from 'node:crypto'
import { limits, Room } from '@dowellchat/protocol'
import type { NewRoom, RoomActor, RoomChange, RoomOutcome, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { ask, hire, ids, range, rowOf } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

/** A room of `members` that ann owns and ben is in. */
export function newRoom(change: Partial<NewRoom> = {}): NewRoom {
  return {
    workspace_id: 'acme',
    kind: 'members',
    title: null,
    metadata: {},
    user_id: 'ann',
    members: ['ben'],
    cid: randomUUID(),
    fingerprint: 'as sent',
    ...change,
  }
}

export function by(...user_ids: string[]): { by: RoomActor } {
  return { by: { user_ids, is_admin: false } }
}

/** Ann mutes a member for an hour; null ends it. */
export function muteOf(
  user_id: string,
  until: string | null = new Date(Date.now() + 3_600_000).toISOString(),
) {
  return { type: 'mute', ...by('ann'), user_id, until } as const
}

const admin = { by: { user_ids: ['root'], is_admin: true } }

/** A request for an invite that is valid for an hour. */
export function inviteOf(uses: number, change: { cid?: string; expires_in_ms?: number } = {}): RoomChange {
  const { cid = randomUUID(), expires_in_ms = 3_600_000 } = change
  const expires_at = new Date(Date.now() + expires_in_ms).toISOString()
  const invite = { created_by: 'ann', expires_at, uses, cid, fingerprint: 'as sent' }
  return { type: 'invite', ...by('ann'), invite }
}

export async function make(store: Store, change: Partial<NewRoom> = {}): Promise<Room> {
  return rowOf(await store.rooms.create(newRoom(change)))
}

/** The change that was made. Throws if it was refused. */
export function doneOf(outcome: RoomOutcome): Extract<RoomOutcome, { changed: boolean }> {
  expectTrue('changed' in outcome, 'A change that is allowed is made', outcome)
  return outcome
}

/** What the changes came to: `changed`, `unchanged` or the code. */
function outcomes(all: readonly RoomOutcome[]): string[] {
  return all.map((one) => ('refused' in one ? one.refused : one.changed ? 'changed' : 'unchanged')).toSorted()
}

async function inviteText(store: Store, room: string, uses: number): Promise<string> {
  const { invite } = doneOf(await store.rooms.change('acme', room, inviteOf(uses)))
  expectTrue(invite !== undefined, 'A change of type invite answers the invite')
  return invite.invite
}

async function memberIds(store: Store, room: string): Promise<string[]> {
  return (await store.rooms.memberIds('acme', room)).toSorted()
}

const makingCases: readonly StoreCase[] = [
  oneStore('[MB14] makes a room once per cid, and a direct room once per two people', async (store) => {
    const request = newRoom({ title: 'Design', metadata: { $set: { 'a.b': [1] } } })
    const created = await Promise.all([store.rooms.create(request), store.rooms.create(request)])
    const room = rowOf(created[0])
    expectSame(room, Room.parse(room), 'A room is as the protocol has it')
    expectSame(created.map(rowOf), [room, room], 'A repeated cid is answered with the room')
    expectTrue(/^~[0-9a-f-]{36}$/.test(room._id), 'A room has a name of its own', room._id)
    const { title, metadata, owner, member_count, version, closed_at } = room
    expectSame(
      { title, metadata, owner, member_count, version, closed_at },
      {
        title: 'Design',
        metadata: { $set: { 'a.b': [1] } },
        owner: 'ann',
        member_count: 2,
        version: 1,
        closed_at: null,
      },
      'A new room is as requested, and its maker owns it',
    )
    const another = await store.rooms.create({ ...request, fingerprint: 'another' })
    expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    const racing = range(1, 4).map((n) => {
      const [user_id, other] = n % 2 === 0 ? ['ann', 'ben'] : ['ben', 'ann']
      return store.rooms.create(newRoom({ kind: 'direct', user_id, members: [other as string] }))
    })
    const direct = await Promise.all(racing)
    expectSame(new Set(direct.map((one) => rowOf(one)._id)).size, 1, 'Two people have one direct room')
    const firsts = direct.filter((one) => 'row' in one && one.created)
    expectSame(firsts.length, 1, 'Of several who make one direct room at once, one does')
    expectSame(rowOf(direct[0]).owner, null, 'Nobody owns a direct room')
    const third = await make(store, { kind: 'direct', members: ['zoe'] })
    expectTrue(third._id !== rowOf(direct[0])._id, 'Other two people have another direct room')
  }),

  oneStore('[MB14] finds who is a member, and the rooms of a user', async (store) => {
    const rooms = [await make(store), await make(store), await make(store, { user_id: 'zoe' })]
    const [first, second, third] = ids(rooms) as [string, string, string]
    const membership = await store.rooms.membership('acme', first, ['nobody', 'ben'])
    expectSame(
      membership,
      { room: rooms[0], role: 'member', peers: [], muted_until: null },
      'A member is found by any id',
    )
    const owner = await store.rooms.membership('acme', first, ['ann', 'ben'])
    expectSame(owner?.role, 'owner', 'The highest role of somebody with several ids is theirs')
    const strangers = [
      await store.rooms.membership('acme', first, ['zoe']),
      await store.rooms.membership('acme', first, []),
      await store.rooms.membership('acme', '~nothing', ['ann']),
    ]
    expectSame(strangers, [null, null, null], 'A stranger is in a room as in one that does not exist')
    const direct = await make(store, { kind: 'direct', user_id: 'zoe', members: ['ann'] })
    const peers = (await store.rooms.membership('acme', direct._id, ['zoe']))?.peers.toSorted()
    expectSame(peers, ['ann', 'zoe'], "A direct room's membership names its two people")
    expectSame(await store.rooms.get('acme', first), rooms[0], 'get answers the room')
    expectSame(await store.rooms.get('acme', '~nothing'), null, 'get answers null where there is none')
    const list = (user_ids: string[], limit: number, before?: string) =>
      store.rooms
        .list('acme', { user_ids, limit, ...(before !== undefined && { before }) })
        .then(({ rooms, more }) => [ids(rooms), more])
    expectSame(
      await list(['ben'], 9),
      [[third, second, first], false],
      "list has a user's rooms, newest first",
    )
    expectSame(await list(['ben'], 2), [[third, second], true], 'list says whether there are more')
    expectSame(await list(['ben'], 2, second), [[first], false], 'list goes on behind a room')
    const both = [[direct._id, third, second, first], false]
    expectSame(await list(['zoe', 'ann', 'ben'], 9), both, 'list has each room of several ids once')
    expectSame(
      await list(['zoe'], 9, first),
      [[], false],
      'A room that is not theirs is no place in the list',
    )
  }),

  oneStore('[MB15] finds who shares a room or a ticket with a user', async (store) => {
    await make(store)
    await make(store, { kind: 'direct', user_id: 'zoe', members: ['ann'] })
    const closed = await make(store, { members: ['max'] })
    await store.rooms.change('acme', closed._id, { type: 'close', ...by('ann') })
    const people = ['ben', 'zoe', 'max', 'mia', 'nobody']
    const shared = (own: string[], others: string[]) => store.rooms.shared('acme', own, others)
    const rule = 'shared has those who are in a room with the user that is not closed'
    expectSame(await shared(['ann'], people), ['ben', 'zoe'], rule)
    expectSame(await shared(['nothing', 'zoe'], ['ann', 'ben']), ['ann'], 'shared has nobody else')
    await hire(store, ['mia'])
    await ask(store, { user_id: 'ann' })
    const sharing = (own: string[], others: string[]) => store.tickets.shared('acme', own, others)
    expectSame(await sharing(['ann'], people), ['mia'], 'A customer shares a ticket with its line manager')
    expectSame(await sharing(['other', 'mia'], ['ann', 'ben']), ['ann'], 'A line manager with its customer')
  }),
]

const changingCases: readonly StoreCase[] = [
  oneStore('[MB14] changes a room for whoever may, and hides it from everybody else', async (store) => {
    const { _id } = await make(store, { members: ['ben', 'cat'] })
    const change = (one: RoomChange) => store.rooms.change('acme', _id, one)
    const title = { type: 'update', title: 'New' } as const
    const refused = await Promise.all([
      change({ ...title, ...by('zoe') }),
      change({ ...title, ...by('ben') }),
      change({ type: 'add', ...by('ben'), user_ids: ['zoe'] }),
      change({ type: 'remove', ...by('ben'), user_ids: ['cat'] }),
      change({ type: 'close', ...by('ben') }),
      change({ ...inviteOf(1), ...by('ben') } as RoomChange),
      change({ type: 'leave', ...by('zoe') }),
    ])
    const codes = refused.map((one) => ('refused' in one ? one.refused : 'changed'))
    const rule = 'Members may leave, the owner may do the rest, and strangers do not know of the room'
    expectSame(codes, ['not_found', ...Array(5).fill('forbidden'), 'not_found'], rule)
    const missing = await store.rooms.change('acme', '~nothing', { ...title, ...by('zoe') })
    expectSame(refused[0], missing, 'To a stranger a room is like one that does not exist')
    const updated = doneOf(await change({ ...title, ...by('ann') }))
    expectSame([updated.room.title, updated.room.version], ['New', 2], 'A change raises the version')
    const same = doneOf(await change({ ...title, ...by('ann') }))
    expectSame([same.changed, same.room], [false, updated.room], 'What changes nothing raises nothing')
    const added = doneOf(await change({ type: 'add', ...admin, user_ids: ['zoe', 'ben', 'zoe'] }))
    const [one, ...others] = added.changes
    expectSame([one?.user_id, one?.role, others], ['zoe', 'member', []], 'Only who is new is added, once')
    expectSame(added.room.member_count, 4, 'The members are counted')
    const removed = doneOf(await change({ type: 'remove', ...by('ann'), user_ids: ['zoe', 'nobody'] }))
    const gone = [{ user_id: 'zoe', role: null, joined_at: null, muted_until: null }]
    expectSame(removed.changes, gone, 'Only who was a member is removed')
    expectSame(await memberIds(store, _id), ['ann', 'ben', 'cat'], 'memberIds has all members')
    const page = (after?: string) =>
      store.rooms.members('acme', _id, { limit: 2, ...(after !== undefined && { after }) })
    const pages = [
      await page(),
      await page('ben'),
      await store.rooms.members('acme', '~nothing', { limit: 2 }),
    ]
    const names = pages.map((one) => one && [one.members.map(({ user_id }) => user_id), one.more])
    expectSame(names, [[['ann', 'ben'], true], [['cat'], false], null], 'members has pages, by user id')
  }),

  oneStore('[MB14] keeps the two people of a direct room', async (store) => {
    const { _id } = await make(store, { kind: 'direct' })
    const change = (one: RoomChange) => store.rooms.change('acme', _id, one)
    const refused = await Promise.all([
      change({ type: 'add', ...by('ann'), user_ids: ['zoe'] }),
      change({ type: 'remove', ...by('ann'), user_ids: ['ben'] }),
      change({ type: 'leave', ...by('ben') }),
      change({ type: 'close', ...by('ann') }),
      change(inviteOf(1)),
    ])
    expectSame(outcomes(refused), Array(5).fill('forbidden'), 'A direct room keeps its people')
    const foreign = await change({ type: 'update', title: 'x', ...admin })
    expectSame(outcomes([foreign]), ['not_found'], 'An admin does not know of the direct rooms of others')
    const metadata = { color: 'red' }
    const { room } = doneOf(await change({ type: 'update', metadata, ...by('ben') }))
    expectSame(room.metadata, metadata, 'Both may change what a direct room is called')
  }),

  oneStore(
    '[MB14] passes a room on when its owner goes, and closes it behind the last member',
    async (store) => {
      const { _id } = await make(store, { members: ['zoe', 'ben'] })
      const leave = (user: string) => store.rooms.change('acme', _id, { type: 'leave', ...by(user) })
      const { room, changes } = doneOf(await leave('ann'))
      expectSame(room.owner, 'zoe', 'The oldest member is the next owner')
      expectSame(
        changes.map(({ user_id, role }) => [user_id, role]),
        [
          ['ann', null],
          ['zoe', 'owner'],
        ],
        'Who is gone and who is the owner is told',
      )
      expectSame(outcomes([await leave('ann')]), ['not_found'], 'Who has left is a stranger')
      await leave('ben')
      const last = doneOf(await leave('zoe'))
      expectTrue(last.room.closed_at !== null, 'A room without members is closed', last.room)
      expectSame(await store.rooms.membership('acme', _id, ['zoe']), null, 'Nobody is in a closed room')
      expectSame(await memberIds(store, _id), [], 'A closed room has no members')
      const closing = { type: 'close', ...by('zoe') } as const
      const again = doneOf(await store.rooms.change('acme', _id, closing))
      expectSame([again.changed, again.room], [false, last.room], 'Closing again changes nothing')
      const late = await store.rooms.change('acme', _id, { type: 'add', ...admin, user_ids: ['ann'] })
      expectSame(outcomes([late]), ['not_found'], 'Nobody can be added to a closed room')
    },
  ),

  oneStore('[MB13] holds the limit of members, also when several add at once', async (store) => {
    const { _id } = await make(store)
    const users = (from: number, to: number) => range(from, to).map((n) => `user ${n}`)
    const add = (user_ids: string[]) =>
      store.rooms.change('acme', _id, { type: 'add', ...by('ann'), user_ids })
    doneOf(await add(users(1, limits.room_members - 4)))
    const racing = await Promise.all([1, 2, 3].map((n) => add([`a ${n}`, `b ${n}`])))
    const expected = ['changed', 'limit_reached', 'limit_reached']
    expectSame(outcomes(racing), expected, 'Of several who would exceed the limit together, some are refused')
    expectSame((await memberIds(store, _id)).length, limits.room_members, 'A room has as many as it can')
  }),
]

const inviteCases: readonly StoreCase[] = [
  oneStore('[IN3] lets an invite be used as often as it says, and not after its time', async (store) => {
    const { _id } = await make(store)
    const text = await inviteText(store, _id, 2)
    const accept = (user: string, invite = text) =>
      store.rooms.change('acme', _id, { type: 'accept', ...by(user), invite })
    const all = await Promise.all(['c', 'd', 'e', 'f'].map((user) => accept(user)))
    const expected = ['changed', 'changed', 'not_found', 'not_found']
    expectSame(outcomes(all), expected, 'Of several who use an invite at once, no more than it allows do')
    expectSame((await memberIds(store, _id)).length, 4, 'Who has used an invite is a member')
    const [member] = (await memberIds(store, _id)).filter((id) => id.length === 1)
    const again = await accept(member ?? '')
    expectSame(outcomes([again]), ['unchanged'], 'Using an invite again changes nothing')
    const { invite: short } = doneOf(
      await store.rooms.change('acme', _id, inviteOf(9, { expires_in_ms: -1 })),
    )
    const refused = [
      await accept('g', short?.invite ?? ''),
      await accept('g', `${_id}.wrong`),
      await accept('g'),
    ]
    const unknown = await store.rooms.change('acme', '~nothing', {
      type: 'accept',
      ...by('g'),
      invite: '~nothing.x',
    })
    const rule = 'An invite that has expired, is used up or unknown is answered alike'
    expectSame(refused, [unknown, unknown, unknown], rule)
    const request = inviteOf(1, { cid: 'one' })
    const made = [
      await store.rooms.change('acme', _id, request),
      await store.rooms.change('acme', _id, request),
    ]
    const texts = new Set(made.map((one) => doneOf(one).invite?.invite))
    expectSame(texts.size, 1, 'A repeated cid is answered with the invite')
    const other = {
      ...request,
      invite: { ...(request as { invite: object }).invite, fingerprint: 'another' },
    }
    const conflict = await store.rooms.change('acme', _id, other as RoomChange)
    expectSame(outcomes([conflict]), ['conflict'], 'A cid that comes with another fingerprint is a conflict')
  }),
]

const sharedCases: readonly StoreCase[] = [
  threeStores('[MB14] decides once what comes through several connections at once', async (stores) => {
    const [a, b, c] = stores as [Store, Store, Store]
    const { _id } = await make(a, { members: ['ben', 'cat'] })
    const add = (store: Store, n: number) =>
      store.rooms.change('acme', _id, { type: 'add', ...by('ann'), user_ids: [`user ${n}`] })
    await Promise.all(range(1, 9).map((n) => add([a, b, c][n % 3] as Store, n)))
    expectSame((await memberIds(b, _id)).length, 12, 'Members who are added at once are all there')
    const text = await inviteText(a, _id, 1)
    const accepting = stores.map((store, n) =>
      store.rooms.change('acme', _id, { type: 'accept', ...by(`guest ${n}`), invite: text }),
    )
    const expected = ['changed', 'not_found', 'not_found']
    expectSame(outcomes(await Promise.all(accepting)), expected, 'An invite for one is used once')
    const everybody = await memberIds(c, _id)
    const leaving = everybody.map((user, n) =>
      (stores[n % 3] as Store).rooms.change('acme', _id, { type: 'leave', ...by(user) }),
    )
    const left = await Promise.all(leaving)
    expectSame(new Set(outcomes(left)), new Set(['changed']), 'Everybody can leave at once')
    const room = await b.rooms.get('acme', _id)
    expectTrue(room?.closed_at !== null, 'A room that everybody has left is closed', room)
    const made = await Promise.all(stores.map((store) => make(store, { kind: 'direct' })))
    expectSame(new Set(ids(made)).size, 1, 'Two people have one direct room, whichever way they make it')
  }),

  reopened(
    '[S7] keeps rooms, members and invites over a restart',
    async (store) => {
      const { _id } = await make(store)
      const invite = await inviteText(store, _id, 1)
      return { _id, invite, room: await store.rooms.get('acme', _id) }
    },
    async (store, { _id, invite, room }) => {
      expectSame(await store.rooms.get('acme', _id), room, 'After a restart a room is what it was')
      const joined = await store.rooms.change('acme', _id, { type: 'accept', ...by('zoe'), invite })
      expectSame(outcomes([joined]), ['changed'], 'After a restart an invite is valid')
      expectSame(await memberIds(store, _id), ['ann', 'ben', 'zoe'], 'After a restart members are members')
    },
  ),
]

export const roomCases: readonly StoreCase[] = [
  ...makingCases,
  ...changingCases,
  ...inviteCases,
  ...sharedCases,
]
