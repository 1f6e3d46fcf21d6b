import { User } from '@dowellchat/protocol'
import type { Alias, Store, UserSeen } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { range } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const earlier = '2026-01-02T03:04:05.678Z'
const later = '2026-01-02T03:05:05.678Z'

/** Somebody who was connected. */
export function seen(user_id: string, change: Partial<UserSeen> = {}): UserSeen {
  return { user_id, name: null, picture: null, at: earlier, ...change }
}

async function userOf(store: Store, user_id: string): Promise<User> {
  const [user] = await store.users.get('acme', [user_id])
  expectTrue(user !== undefined, `There is a user ${user_id}`)
  return user
}

async function found(store: Store, text: string, before?: string, limit = 2): Promise<(string | boolean)[]> {
  const search = { text, limit, ...(before !== undefined && { before }) }
  const { users, more } = await store.users.search('acme', search)
  return [...users.map(({ user_id }) => user_id), more]
}

/** In the order of their ids, which begin with the time. */
function newestFirst<Row extends { readonly _id: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => (a._id > b._id ? -1 : 1))
}

export const userCases: readonly StoreCase[] = [
  oneStore('[US20] keeps one row per user, and when they were seen last', async (store) => {
    await store.users.see('acme', [seen('ann', { name: 'Ann' }), seen('ben')])
    const ann = await userOf(store, 'ann')
    expectSame(ann, User.parse(ann), 'A user is as the protocol has it')
    await store.users.see('acme', [seen('ann', { name: 'Ann', at: later }), seen('ann', { at: earlier })])
    const again = { ...ann, last_seen_at: later }
    expectSame(await userOf(store, 'ann'), again, 'The latest time is kept, and nothing else changes')
    const listed = await store.users.get('acme', ['zoe', 'ben', 'ann', 'ben'])
    const names = listed.map(({ user_id, name }) => [user_id, name])
    const rule = 'get answers those that there are, once, in the order asked for'
    expectSame(
      names,
      [
        ['ben', null],
        ['ann', 'Ann'],
      ],
      rule,
    )
  }),

  oneStore('[US28] keeps whether a user is a program, as the last connection said', async (store) => {
    const programs = async () => (await store.users.get('acme', ['bot', 'ann'])).map((one) => one.is_program)
    await store.users.see('acme', [seen('bot', { is_program: true }), seen('ann', { is_program: false })])
    expectSame(await programs(), [true, undefined], 'A program is one, and a person has no such field')
    await store.users.update('acme', seen('bot', { at: later }), { name: 'Bot' })
    expectSame(await programs(), [true, undefined], 'A change says nothing of it')
    await store.users.see('acme', [
      seen('bot', { is_program: false, at: later }),
      seen('ann', { is_program: true }),
    ])
    expectSame(await programs(), [undefined, true], 'The last connection counts')
  }),

  oneStore(
    '[US21] keeps what a user has changed until their credentials say something new',
    async (store) => {
      const claim = seen('ann', { name: 'Ann', picture: 'https://example.org/1.png' })
      const metadata = { team: 'blue', nested: { 'a.b': [1, null], $set: { name: 'x' } } }
      const changed = await store.users.update('acme', claim, { name: 'Anna', metadata })
      expectTrue(changed !== null, 'update answers the user')
      expectSame(
        [changed.name, changed.metadata],
        ['Anna', metadata],
        'update answers the user as they are now',
      )
      expectSame(changed.picture, claim.picture, 'What is left out stays')
      await store.users.see('acme', [{ ...claim, at: later }])
      const same = { ...changed, last_seen_at: later }
      expectSame(await userOf(store, 'ann'), same, 'The same claims change nothing')
      await store.users.update('acme', claim, { picture: null })
      await store.users.see('acme', [seen('ann', { name: 'Ann B.', at: later })])
      const expected = { ...same, name: 'Ann B.', picture: null }
      expectSame(await userOf(store, 'ann'), expected, 'A new claim replaces, none at all does not')
      expectSame(await found(store, 'anna'), [false], 'A name that has gone is not found')
      expectSame(await found(store, 'ann b'), ['ann', false], 'The name that is there is found')
    },
  ),

  oneStore('[US22] finds users by what their names begin with, page by page', async (store) => {
    const people = [
      seen('u3', { name: 'Annika' }),
      seen('u1', { name: 'ANN' }),
      seen('u2', { name: 'Ann' }),
      seen('annex'),
      seen('u4', { name: 'Bea Ann' }),
      seen('u5', { name: 'Ａｎｎｅ' }),
    ]
    await store.users.see('acme', people)
    const pages = [
      await found(store, 'aNN'),
      await found(store, 'aNN', 'u2'),
      await found(store, 'aNN', 'annex'),
    ]
    const rule = 'Pages are in the order of the names, each user in one'
    expectSame(
      pages,
      [
        ['u1', 'u2', true],
        ['u5', 'annex', true],
        ['u3', false],
      ],
      rule,
    )
    expectSame(await found(store, 'u4', undefined, 5), ['u4', false], 'A whole id is found too')
    await store.users.see('acme', [seen('ann', { name: 'Zoe' })])
    expectSame(await found(store, 'ann'), ['ann', 'u1', true], 'The whole id comes first')
    expectSame(await found(store, 'ann', 'ann', 1), ['u1', true], 'and its page is followed by the names')
    expectSame(await found(store, 'ann', 'nobody'), [false], 'Nothing follows a user who is not there')
    expectSame(await found(store, 'nobody'), [false], 'Nothing is found where no name begins so')
  }),

  oneStore('[US23] makes a guest a user once, and lists the guests of a user newest first', async (store) => {
    const racing = ['ann', 'ben', 'ann', 'zoe'].map((user) => store.aliases.create('acme', 'guest:1', user))
    const raced = await Promise.all(racing)
    const [first] = raced.filter(({ created }) => created).map(({ row }) => row)
    expectSame(raced.filter(({ created }) => created).length, 1, 'A guest becomes one user')
    expectTrue(first !== undefined, 'The one who was first is answered')
    expectSame(
      raced.map(({ row }) => row),
      raced.map(() => first),
      'Everybody is answered with what was decided',
    )
    expectSame(await store.aliases.get('acme', 'guest:1'), first, 'get answers what was decided')
    expectSame(await store.aliases.get('acme', 'guest:2'), null, 'A guest is nobody until then')
    const made: Alias[] = []
    for (const n of range(3, 6)) made.push((await store.aliases.create('acme', `guest:${n}`, 'mia')).row)
    const ids = async (before?: string) => {
      const rows = await store.aliases.list('acme', 'mia', { limit: 3, ...(before && { before }) })
      return rows.map(({ guest_id }) => guest_id)
    }
    const among = await store.aliases.among('acme', ['guest:3', 'guest:1', 'guest:2', 'guest:1'])
    const become = among.map(({ guest_id, user_id }) => [guest_id, user_id]).sort()
    expectSame(
      become,
      [
        ['guest:1', first.user_id],
        ['guest:3', 'mia'],
      ],
      'among answers those who became users',
    )
    expectSame(await store.aliases.among('acme', []), [], 'Of no guests none has')
    const newest = newestFirst(made)
    const guests = newest.map(({ guest_id }) => guest_id)
    expectSame(await ids(), guests.slice(0, 3), 'list answers the newest first')
    expectSame(await ids(newest[2]?._id), guests.slice(3), 'and goes on from a known one')
    expectSame(await store.aliases.removeAll('acme', 'mia'), 4, 'removeAll removes all of a user')
    expectSame([await ids(), await store.aliases.get('acme', 'guest:1')], [[], first], 'and no others')
  }),

  oneStore('[US24] keeps whom a user has blocked, each once', async (store) => {
    const { blocks } = store
    const created = await Promise.all(['eve', 'eve'].map((one) => blocks.create('acme', 'ann', one)))
    expectSame(created.filter((one) => one.created).length, 1, 'A user is blocked once')
    expectSame(created[0]?.row, created[1]?.row, 'Blocking again is answered with the first')
    expectSame(await blocks.get('acme', 'ann', 'eve'), created[0]?.row, 'get answers it')
    for (const one of ['mal', 'bob']) await blocks.create('acme', 'ann', one)
    await blocks.create('acme', 'eve', 'zoe')
    const blockers = [
      await blocks.blockers('acme', ['ann'], ['eve', 'mal']),
      (await blocks.blockers('acme', ['ben', 'ann', 'eve'], ['guest:1', 'mal', 'zoe'])).sort(),
      await blocks.blockers('acme', ['zoe'], ['eve']),
      await blocks.blockers('acme', ['ann'], []),
    ]
    const rule = 'blockers answers each of these who has blocked one of those, in this direction'
    expectSame(blockers, [['ann'], ['ann', 'eve'], [], []], rule)
    expectSame(
      [
        await blocks.pairs('acme', ['eve', 'ann', 'ann']),
        await blocks.pairs('acme', ['zoe']),
        await blocks.pairs('acme', ['ben']),
        await blocks.pairs('acme', []),
      ],
      [
        [
          ['ann', 'bob'],
          ['ann', 'eve'],
          ['ann', 'mal'],
          ['eve', 'zoe'],
        ].map(([user_id, blocked_id]) => ({ user_id, blocked_id })),
        [{ user_id: 'eve', blocked_id: 'zoe' }],
        [],
        [],
      ],
      'pairs answers the blocks of which one of these is either side',
    )
    const list = async (before?: string) => {
      const rows = await blocks.list('acme', 'ann', { limit: 2, ...(before && { before }) })
      return rows.map(({ blocked_id }) => blocked_id)
    }
    const kept = await Promise.all(['eve', 'mal', 'bob'].map((one) => blocks.get('acme', 'ann', one)))
    const newest = newestFirst(kept.flatMap((row) => row ?? []))
    const blocked = newest.map(({ blocked_id }) => blocked_id)
    expectSame(await list(), blocked.slice(0, 2), 'list answers the newest first')
    expectSame(await list(newest[1]?._id), blocked.slice(2), 'and goes on from a known one')
    const removed = [await blocks.remove('acme', 'ann', 'bob'), await blocks.remove('acme', 'ann', 'bob')]
    expectSame(removed, [true, false], 'remove says whether there was one')
    expectSame(await blocks.removeAll('acme', 'eve'), 2, 'removeAll removes those of both directions')
    expectSame(
      [await list(), await blocks.blockers('acme', ['ann'], ['eve'])],
      [['mal'], []],
      'and no others',
    )
  }),

  oneStore('[US25] gives nobody a row who was erased after they were seen', async (store) => {
    const late = { erased_as: 'erased:ann' }
    await store.users.see('acme', [seen('ann', late), seen('ben', { erased_as: 'erased:ben' })])
    await store.users.remove('acme', 'ann')
    await store.revocations.revoke('acme', { user_id: late.erased_as, revoked_before: earlier })
    await store.users.see('acme', [seen('ann', late), seen('zoe', { erased_as: 'erased:zoe' })])
    const updated = await store.users.update('acme', seen('ann', late), { name: 'Ann' })
    const left = (await store.users.get('acme', ['ann', 'ben', 'zoe'])).map(({ user_id }) => user_id)
    expectSame([updated, left], [null, ['ben', 'zoe']], 'What was seen before the erasure makes no row')
    await store.users.see('other', [seen('ann', late)])
    expectSame((await store.users.get('other', ['ann'])).length, 1, 'Another workspace has its own')
    await store.users.see('acme', [seen('ann', { ...late, at: later })])
    expectSame((await userOf(store, 'ann')).created_at, later, 'Whoever comes again has a new row')
  }),

  threeStores('[US25] gives nobody a row who is erased meanwhile', async (stores) => {
    const [erasing, ...others] = stores as [Store, ...Store[]]
    for (const n of range(1, 10)) {
      const [user_id, erased_as] = [`user ${n}`, `erased:${n}`]
      const late = [seen(user_id, { erased_as })]
      const seeing = others.map(({ users }, at) =>
        at === 0
          ? users.see('acme', late)
          : users.update('acme', seen(user_id, { erased_as }), { name: 'x' }),
      )
      await erasing.revocations.revoke('acme', { user_id: erased_as, revoked_before: earlier })
      await erasing.users.remove('acme', user_id)
      await Promise.all(seeing)
      expectSame(await erasing.users.get('acme', [user_id]), [], 'No row comes back')
    }
  }),

  oneStore('[US26] keeps how a user wants to be shown, and changes what is named', async (store) => {
    await store.users.see('acme', [seen('ann', { name: 'Ann' }), seen('ben')])
    const plain = {
      user_id: 'ann',
      last_seen_at: earlier,
      availability: 'online',
      status_text: null,
      sends_receipts: true,
      shows_presence: true,
    } as const
    expectSame(await store.users.settings('acme', ['ann']), [plain], 'Nobody hides before they say so')
    const away = { availability: 'away', status_text: 'Back at 3' } as const
    const set = await store.users.set('acme', seen('ann', { at: later }), away)
    expectSame(set, { ...plain, ...away, last_seen_at: later }, 'set answers the settings')
    const hidden = { sends_receipts: false, shows_presence: false }
    const both = { ...plain, ...away, ...hidden, last_seen_at: later }
    expectSame(await store.users.set('acme', seen('ann'), hidden), both, 'What is left out stays')
    await store.users.see('acme', [seen('ann', { name: 'Anna', at: later })])
    await store.users.update('acme', seen('ann'), { metadata: { a: 1 } })
    expectSame(await store.users.settings('acme', ['ann']), [both], 'Nothing else changes them')
    expectSame((await userOf(store, 'ann')).metadata, { a: 1 }, 'and they change nothing else')
    const cleared = await store.users.set('acme', seen('ann'), { status_text: null })
    expectSame(cleared?.status_text, null, 'null removes')
    expectSame(
      (await store.users.set('acme', seen('zoe'), { availability: 'offline' }))?.availability,
      'offline',
      'who has no row gets one',
    )
    const listed = await store.users.settings('acme', ['zoe', 'eve', 'ben', 'ann', 'ben'])
    expectSame(
      listed.map(({ user_id }) => user_id),
      ['zoe', 'ben', 'ann'],
      'settings answers those that there are, once, in the order asked for',
    )
  }),

  threeStores('[US26] loses no setting, whichever connections change them', async (stores) => {
    for (const n of range(1, 10)) {
      const user = seen(`user ${n}`)
      const changes = [{ availability: 'away' }, { status_text: 'Here' }, { shows_presence: false }] as const
      await Promise.all(stores.map(({ users }, at) => users.set('acme', user, changes[at % 3] ?? {})))
      const [row] = (await stores[0]?.users.settings('acme', [user.user_id])) ?? []
      const kept = [row?.availability, row?.status_text, row?.shows_presence]
      expectSame(kept, ['away', 'Here', false], 'Each changes what it names')
    }
  }),

  oneStore('[US27] notes when users were connected last, and makes no row', async (store) => {
    await store.users.see('acme', [seen('ann', { name: 'Ann' }), seen('ben', { at: later })])
    const ann = await userOf(store, 'ann')
    const left = ['ann', 'ben', 'zoe'].map((user_id) => ({ user_id, at: later }))
    await store.users.left('acme', left)
    await store.users.left('acme', [{ user_id: 'ann', at: earlier }])
    expectSame(await userOf(store, 'ann'), { ...ann, last_seen_at: later }, 'Only the time changes')
    expectSame(await store.users.get('acme', ['zoe']), [], 'Who has no row gets none')
    await store.users.left('acme', [])
  }),

  oneStore('[US20] removes a user, and nobody else', async (store) => {
    await store.users.see('acme', [seen('ann'), seen('ben')])
    const removed = [await store.users.remove('acme', 'ann'), await store.users.remove('acme', 'ann')]
    expectSame(removed, [true, false], 'remove says whether there was such a user')
    const left = (await store.users.get('acme', ['ann', 'ben'])).map(({ user_id }) => user_id)
    expectSame(left, ['ben'], 'Others stay')
  }),

  reopened(
    '[S7] keeps users, aliases and blocks over a restart',
    async (store) => {
      await store.users.update('acme', seen('ann', { name: 'Ann' }), { metadata: { a: 1 } })
      await store.aliases.create('acme', 'guest:1', 'ann')
      await store.blocks.create('acme', 'ann', 'eve')
      return everything(store)
    },
    async (store, kept) => {
      expectSame(await everything(store), kept, 'After a restart everything is what it was')
      const { created } = await store.aliases.create('acme', 'guest:1', 'ben')
      expectSame(created, false, 'After a restart a guest is still who they became')
    },
  ),

  threeStores('[US20, US23] decides once, whichever connections the users come through', async (stores) => {
    for (const n of range(1, 10)) {
      const user = `user ${n}`
      await Promise.all(
        stores.map(({ users }, at) => users.see('acme', [seen(user, { name: `Name ${at}` })])),
      )
      const changes = stores.map(({ users }, at) =>
        at === 0
          ? users.update('acme', seen(user), { metadata: { n } })
          : users.see('acme', [seen(user, { at: later })]),
      )
      await Promise.all(changes)
      const rows = await Promise.all(stores.map(({ users }) => users.get('acme', [user])))
      const [row] = rows[0] ?? []
      expectSame(
        rows,
        stores.map(() => [row]),
        'A user has one row',
      )
      expectSame([row?.metadata, row?.last_seen_at], [{ n }, later], 'No change is lost')
      const made = await Promise.all(
        stores.map(({ aliases }, at) => aliases.create('acme', `guest:${n}`, `of ${at}`)),
      )
      expectSame(made.filter(({ created }) => created).length, 1, 'A guest becomes one user')
      expectSame(new Set(made.map(({ row }) => row.user_id)).size, 1, 'of whom everybody is told')
      const blocked = await Promise.all(stores.map(({ blocks }) => blocks.create('acme', user, 'eve')))
      expectSame(blocked.filter(({ created }) => created).length, 1, 'A user is blocked once')
    }
  }),
]

async function everything(store: Store): Promise<unknown[]> {
  return [
    await store.users.get('acme', ['ann']),
    await store.users.search('acme', { text: 'ann', limit: 9 }),
    await store.aliases.get('acme', 'guest:1'),
    await store.blocks.list('acme', 'ann', { limit: 9 }),
  ]
}
