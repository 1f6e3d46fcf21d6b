import { Key } from '@dowellchat/protocol'
import type { Rotation, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { ids, newKey, range, rowOf } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const soon = '2099-01-01T00:00:00.000Z'
const later = '2099-02-02T00:00:00.000Z'
const past = '2020-01-01T00:00:00.000Z'

/** The successor and the key that it replaces. Throws if there is none. */
function rotated(rotation: Rotation): Extract<Rotation, { created: boolean }> {
  expectTrue('row' in rotation, 'A key that has not ended is rotated', rotation)
  return rotation
}

async function getKey(store: Store, keyId: string, workspaceId = 'acme'): Promise<Key | undefined> {
  return (await store.keys.get(workspaceId, keyId)) ?? undefined
}

export const keyCases: readonly StoreCase[] = [
  oneStore('[S40] makes a key once per cid, and finds it by its hash alone', async (store) => {
    const request = newKey({ name: 'shop', scopes: ['keys', 'audit'], expires_at: soon })
    const created = await Promise.all([store.keys.create(request), store.keys.create(request)])
    const key = rowOf(created[0])
    expectSame(key, Key.parse(key), 'A key is as the protocol has it: without hash, cid or fingerprint')
    expectSame(created.filter((one) => 'row' in one && one.created).length, 1, 'A cid makes a key once')
    expectSame(rowOf(created[1]), key, 'A repeated cid is answered with the key')
    const another = await store.keys.create({ ...request, fingerprint: 'another' })
    expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    const taken = await store.keys.create(newKey({ hash: request.hash }))
    expectSame(taken, { conflict: 'exists' }, 'A hash belongs to one key')
    expectSame(await store.keys.find('acme', request.hash), key, 'find answers the key of a hash')
    expectSame(await store.keys.find('acme', 'unknown'), null, 'find answers null where there is no such key')
    expectSame(await store.keys.get('acme', key._id), key, 'get answers the key of an id')
    expectSame(await store.keys.get('acme', 'unknown'), null, 'get answers null where there is no such key')
  }),

  oneStore('[S40] lists keys newest first, page after page', async (store) => {
    const made: string[] = []
    for (const _ of range(1, 7)) made.unshift(rowOf(await store.keys.create(newKey()))._id)
    const listed: string[] = []
    for (let more = true; more; ) {
      const before = listed.at(-1)
      const page = await store.keys.list('acme', { limit: 3, ...(before !== undefined && { before }) })
      expectTrue(page.keys.length > 0, 'A page that was announced has keys')
      listed.push(...ids(page.keys))
      more = page.more
    }
    expectSame(listed, made, 'Pages meet every key once, the newest first')
    const unknown = await store.keys.list('acme', { limit: 3, before: 'unknown' })
    expectSame(unknown, { keys: [], more: false }, 'An unknown key has none before it')
  }),

  oneStore('[S41] lets a key that is rotated expire, and makes its successor once', async (store) => {
    const old = rowOf(await store.keys.create(newKey()))
    const successor = newKey({ name: 'next' })
    const first = rotated(await store.keys.rotate('acme', old._id, successor, soon))
    expectSame([first.created, first.row.replaces, first.row.name], [true, old._id, 'next'], 'It is made')
    expectSame(first.replaced, { ...old, expires_at: soon }, 'The old key expires in time')
    const again = rotated(await store.keys.rotate('acme', old._id, successor, later))
    expectSame([again.created, again.row], [false, first.row], 'A repeated cid makes no other key')
    expectSame(again.replaced.expires_at, soon, 'Rotating again gives a key no more time')
    const earlier = rotated(await store.keys.rotate('acme', old._id, newKey(), past))
    expectSame(earlier.replaced.expires_at, past, 'Rotating again may take time from a key')
    const late = await store.keys.rotate('acme', old._id, newKey(), soon)
    expectSame(late, { refused: 'ended' }, 'A key that has expired is not rotated')
    const repeated = rotated(await store.keys.rotate('acme', old._id, successor, later))
    expectSame(repeated.row, first.row, 'A repeated cid is answered also when the old key has expired')
    const missing = await store.keys.rotate('acme', 'unknown', newKey(), soon)
    expectSame(missing, { refused: 'missing' }, 'An unknown key is not rotated')
    const other = { ...successor, fingerprint: 'another' }
    expectSame(await store.keys.rotate('acme', first.row._id, other, soon), { conflict: 'cid' }, 'Nor that')
    expectSame((await store.keys.list('acme', { limit: 50 })).keys.length, 3, 'Refusals make no keys')
  }),

  oneStore('[S42] revokes a key once', async (store) => {
    const { _id } = rowOf(await store.keys.create(newKey()))
    const first = await store.keys.revoke('acme', _id)
    expectTrue(first?.revoked_now === true && first.key.revoked_at !== null, 'A key is revoked', first)
    const again = await store.keys.revoke('acme', _id)
    expectSame(again, { key: first.key, revoked_now: false }, 'Revoking again changes nothing')
    expectSame(await store.keys.revoke('acme', 'unknown'), null, 'revoke answers null for an unknown key')
    const rotation = await store.keys.rotate('acme', _id, newKey(), soon)
    expectSame(rotation, { refused: 'ended' }, 'A revoked key is not rotated')
    expectSame(await getKey(store, _id), first.key, 'A revoked key is still there')
  }),

  oneStore('[S43] keeps the last time at which a key was used', async (store) => {
    const { _id } = rowOf(await store.keys.create(newKey()))
    for (const at of [soon, past]) await store.keys.used('acme', _id, at)
    expectSame((await getKey(store, _id))?.last_used_at, soon, 'An earlier time changes nothing')
    await store.keys.used('acme', _id, later)
    expectSame((await getKey(store, _id))?.last_used_at, later, 'A later time is kept')
  }),

  oneStore("[S47] replaces a user's id in the keys that they created", async (store) => {
    const [ann, ben] = [
      rowOf(await store.keys.create(newKey({ created_by: 'ann' }))),
      rowOf(await store.keys.create(newKey({ created_by: 'ben' }))),
    ]
    expectSame(await store.keys.replaceUser('acme', 'ann', 'hash'), 1, 'It answers how many it replaced')
    expectSame(await store.keys.replaceUser('acme', 'ann', 'hash'), 0, 'And 0 once there are none')
    const kept = [await getKey(store, ann._id), await getKey(store, ben._id)]
    expectSame(kept, [{ ...ann, created_by: 'hash' }, ben], 'No other key changes')
  }),

  oneStore('[S21] shows and changes no key of another workspace', async (store) => {
    const request = newKey()
    const key = rowOf(await store.keys.create(request))
    const seen = [
      await store.keys.find('other', request.hash),
      await store.keys.get('other', key._id),
      (await store.keys.list('other', { limit: 50 })).keys,
      (await store.keys.list('other', { limit: 50, before: key._id })).keys,
      await store.keys.revoke('other', key._id),
      await store.keys.rotate('other', key._id, newKey({ workspace_id: 'other' }), soon),
    ]
    const rule = "Another workspace's key is answered as if there were none"
    expectSame(seen, [null, null, [], [], null, { refused: 'missing' }], rule)
    await store.keys.used('other', key._id, soon)
    await store.keys.replaceUser('other', key.created_by, 'hash')
    expectSame(await getKey(store, key._id), key, 'Another workspace changes no key')
    const same = rowOf(await store.keys.create({ ...request, workspace_id: 'other' }))
    expectTrue(same._id !== key._id, 'Two workspaces may have keys of the same hash and cid')
  }),

  reopened(
    '[S7] keeps keys over a restart',
    async (store) => {
      const old = rowOf(await store.keys.create(newKey({ scopes: ['keys'] })))
      rotated(await store.keys.rotate('acme', old._id, newKey(), soon))
      await store.keys.used('acme', old._id, past)
      return (await store.keys.list('acme', { limit: 50 })).keys
    },
    async (store, kept) => {
      const { keys } = await store.keys.list('acme', { limit: 50 })
      expectSame(keys, kept, 'After a restart every key is what it was')
    },
  ),

  threeStores('[S42] revokes a key once, whichever connections ask for it', async (stores) => {
    const [first] = stores as [Store]
    for (const _ of range(1, 5)) {
      const { _id } = rowOf(await first.keys.create(newKey()))
      const revoked = await Promise.all(stores.map((store) => store.keys.revoke('acme', _id)))
      expectSame(revoked.filter((one) => one?.revoked_now).length, 1, 'Of several who revoke a key, one does')
      const times = new Set(revoked.map((one) => one?.key.revoked_at))
      expectSame(times.size, 1, 'All are told when it was revoked')
    }
  }),

  threeStores('[S41] makes one successor of a cid, whichever connections ask for it', async (stores) => {
    const [first] = stores as [Store]
    for (const _ of range(1, 5)) {
      const { _id } = rowOf(await first.keys.create(newKey()))
      const successor = newKey()
      const rotations = await Promise.all(
        stores.map((store) => store.keys.rotate('acme', _id, successor, soon)),
      )
      const made = rotations.map(rotated)
      expectSame(made.filter(({ created }) => created).length, 1, 'A cid makes a successor once')
      expectSame(new Set(ids(made.map(({ row }) => row))).size, 1, 'All are told of the same successor')
    }
  }),
]
