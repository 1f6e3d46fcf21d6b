import { randomInt, randomUUID } from 'node:crypto'
import { ShareLink } from '@dowellchat/protocol'
import type { LinkUse, NewShareLink, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { range, rowOf } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

/** A link for three tickets of billing, without names. */
export function newShareLink(change: Partial<NewShareLink> = {}): NewShareLink {
  const link_id = Array.from({ length: 20 }, () => randomInt(10)).join('')
  return {
    ...{ workspace_id: 'acme', created_by: 'mia', cid: randomUUID(), fingerprint: 'as sent' },
    ...{ link_id, number_of_links: 3, product_distribution: { billing: 3 }, usernames: [] },
    ...{ link: `https://example.org/?link_id=${link_id}`, ...change },
  }
}

async function make(store: Store, change: Partial<NewShareLink> = {}): Promise<ShareLink> {
  return rowOf(await store.shareLinks.create(newShareLink(change)))
}

async function linkOf(store: Store, { link_id }: ShareLink): Promise<ShareLink | undefined> {
  return (await store.shareLinks.find(link_id))?.link
}

/** As whom one more ticket is opened. */
async function userOf(
  store: Store,
  { link_id }: ShareLink,
  product = 'billing',
  cid: string = randomUUID(),
): Promise<string | null> {
  const used = await store.shareLinks.use('acme', link_id, product, cid)
  return isUse(used) ? used.user_id : used
}

function isUse(used: LinkUse | 'used_up' | null): used is LinkUse {
  return used !== null && used !== 'used_up'
}

/** Whether it is a name that the server has made up. */
function isOther(user: string | null): boolean {
  return user !== null && user !== 'used_up' && user.length > 'erased:1'.length
}

/** What a link has left. */
function leftOf(link: ShareLink | undefined): unknown[] {
  return [link?.available_links, link?.product_distribution, link?.usernames, link?.is_active]
}

const makingCases: readonly StoreCase[] = [
  oneStore('[SL1] keeps a share link once per cid, found by its link_id alone', async (store) => {
    const request = newShareLink({
      product_distribution: { 'a.$b': 1, billing: 2 },
      usernames: ['ann', 'ben'],
    })
    const made = await Promise.all([store.shareLinks.create(request), store.shareLinks.create(request)])
    const [first, again] = made.map(rowOf) as [ShareLink, ShareLink]
    expectSame(first, ShareLink.parse(first), 'A link is as the protocol has it')
    expectSame(again, first, 'A repeated cid is answered with the link')
    const { link_id, number_of_links, product_distribution, usernames, link } = request
    const asked = { link_id, number_of_links, product_distribution, usernames: [...usernames], link }
    expectSame({ ...first, ...asked }, first, 'A link keeps what was asked for')
    expectSame([first.available_links, first.is_active], [3, true], 'Nothing of a new link is taken')
    const another = await store.shareLinks.create({ ...request, fingerprint: 'another' })
    expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    const found = await store.shareLinks.find(link_id)
    expectSame(found, { workspace_id: 'acme', link: first }, 'It is found with its workspace')
    expectSame(await store.shareLinks.find('unknown'), null, 'No other link is')
  }),

  reopened(
    '[SL1] has share links and what is left of them after a restart',
    async (store) => {
      const link = await make(store, { usernames: ['ann', 'ben'] })
      expectSame(await userOf(store, link), 'ann', 'The first name is taken')
      await store.shareLinks.setMeta('acme', { waiting_time: '1', operation_time: '2' })
      return linkOf(store, link)
    },
    async (store, link) => {
      expectTrue(link !== undefined, 'A link is found')
      expectSame(await linkOf(store, link), link, 'A link is there, with what is left of it')
      expectSame(await userOf(store, link), 'ben', 'The next name is taken')
      expectSame((await store.shareLinks.meta('acme'))?.waiting_time, '1', 'The settings are there')
    },
  ),
]

const usingCases: readonly StoreCase[] = [
  oneStore('[SL2] takes one link, one of its topic and the next name with each ticket', async (store) => {
    const link = await make(store, {
      number_of_links: 4,
      product_distribution: { 'a.$b': 1, billing: 3 },
      usernames: ['ann', 'ben'],
    })
    expectSame(await userOf(store, link, 'a.$b', 'first'), 'ann', 'The first name is taken first')
    expectSame(await userOf(store, link, 'a.$b', 'first'), 'ann', 'A repeated cid takes no second one')
    const left = [3, { 'a.$b': 0, billing: 3 }, ['ben'], true]
    expectSame(leftOf(await linkOf(store, link)), left, 'One of all, and one of its topic, is taken')
    expectSame(await userOf(store, link, 'a.$b'), 'used_up', 'A topic gets as many as the link says')
    expectSame(await userOf(store, link, 'delivery'), 'used_up', 'Other topics get none')
    expectSame(await userOf(store, link), 'ben', 'The next name is taken next')
    const guests = [await userOf(store, link), await userOf(store, link)]
    const isNamed = guests.every(isOther) && guests[0] !== guests[1]
    expectTrue(isNamed, 'Where no name is left, each gets one of their own', guests)
    expectSame(await userOf(store, link), 'used_up', 'There are no more than the link says')
    const none = [0, { 'a.$b': 0, billing: 0 }, [], false]
    expectSame(leftOf(await linkOf(store, link)), none, 'A link of which nothing is left is not active')
    expectSame(await userOf(store, link, 'a.$b', 'first'), 'ann', 'A repetition is answered then too')
    expectSame(await userOf(store, { ...link, link_id: 'unknown' }), null, 'There is no such link')
    const foreign = await store.shareLinks.use('other', link.link_id, 'billing', 'another')
    expectSame(foreign, null, 'No other workspace uses it')
  }),

  threeStores('[SL2] gives each link and each name once, through several connections', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    const usernames = range(1, 6).map((n) => `user ${n}`)
    const link = await make(store, { number_of_links: 6, product_distribution: { billing: 9 }, usernames })
    const use = (n: number, cid: string) => userOf(stores[n % 3] ?? store, link, 'billing', cid)
    const same = await Promise.all(range(1, 3).map((n) => use(n, 'same')))
    expectSame(
      same,
      ['user 1', 'user 1', 'user 1'],
      'One request takes one, whichever connections it comes by',
    )
    const used = await Promise.all(range(1, 9).map((n) => use(n, `cid ${n}`)))
    const users = used.filter((one) => one !== 'used_up')
    expectSame(users.toSorted(), usernames.slice(1), 'Each name is given once')
    expectSame(leftOf(await linkOf(store, link)), [0, { billing: 3 }, [], false], 'Nothing is left')
  }),

  threeStores('[SL2] has what was given back as if it was never taken', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    const link = await make(store, {
      number_of_links: 1,
      product_distribution: { billing: 1 },
      usernames: ['ann'],
    })
    const { link_id } = link
    const giveBack = (at: number, user_id: string, workspace = 'acme') =>
      stores[at]?.shareLinks.giveBack(workspace, { link_id, user_id, product: 'billing', cid: 'refused' })
    await giveBack(0, 'ann')
    expectSame(await linkOf(store, link), link, 'What was not taken is not given back')
    expectSame(await userOf(store, link, 'billing', 'refused'), 'ann', 'The name is taken')
    await giveBack(0, 'erased:1')
    await giveBack(0, 'ann', 'other')
    expectSame(await userOf(store, link), 'used_up', 'Nor is it for another name, or from another workspace')
    await Promise.all([giveBack(0, 'ann'), giveBack(1, 'ann'), giveBack(2, 'ann')])
    expectSame(await linkOf(store, link), link, 'It is as it was, however often it is given back')
    expectSame(await userOf(store, link), 'ann', 'and the name is the next again')
    await giveBack(0, 'ann')
    expectSame((await linkOf(store, link))?.available_links, 0, 'What another request took stays taken')
  }),

  oneStore('[SL2] has a name no more that it was not given, once it is given back', async (store) => {
    const link = await make(store, { usernames: [] })
    const user_id = (await userOf(store, link, 'billing', 'refused')) ?? ''
    const taken = { link_id: link.link_id, user_id, product: 'billing', cid: 'refused' }
    await store.shareLinks.giveBack('acme', taken)
    expectSame(await linkOf(store, link), link, 'It is as it was')
  }),

  oneStore('[SL2] gives nobody the name of a person who was erased', async (store) => {
    const link = await make(store, { usernames: ['ann', 'ben', 'ann'] })
    expectSame(await userOf(store, link, 'billing', 'first'), 'ann', 'The first name is taken')
    const { rows } = await store.personal.read('acme', ['ann'], null)
    await store.personal.erase('acme', rows, { ann: 'erased:1' })
    expectSame(leftOf(await linkOf(store, link)), [2, { billing: 2 }, ['ben'], true], 'A name is gone')
    expectSame(await userOf(store, link, 'billing', 'first'), 'erased:1', 'Who used it was somebody')
    expectSame(await userOf(store, link), 'ben', 'Others keep theirs')
    const guest = await userOf(store, link)
    expectTrue(isOther(guest), 'In place of the name comes another', guest)
  }),

  threeStores('[SL2] loses neither a use nor an erasure where both come at once', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    const usernames = ['ben', 'moe', 'zoe', 'ann', 'max', 'mia']
    const link = await make(store, { number_of_links: 4, product_distribution: { billing: 4 }, usernames })
    const { rows } = await store.personal.read('acme', ['ann'], null)
    const [, ...users] = await Promise.all([
      stores[0]?.personal.erase('acme', rows, { ann: 'erased:1' }),
      ...range(1, 3).map((n) => userOf(stores[n % 3] ?? store, link, 'billing', `cid ${n}`)),
    ])
    expectSame(new Set(users).size, 3, 'Each name is given once')
    const left = await linkOf(store, link)
    expectSame([left?.available_links, left?.usernames], [1, ['max', 'mia']], 'Nothing is taken back')
  }),
]

const settingCases: readonly StoreCase[] = [
  threeStores('[SL3] keeps one setting for a workspace, whoever sets it', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    expectSame(await store.shareLinks.meta('acme'), null, 'At first there is none')
    const texts = range(1, 6).map((n) => ({ waiting_time: `${n}`, operation_time: `${n} h` }))
    const set = await Promise.all(
      texts.map((one, at) => (stores[at % 3] ?? store).shareLinks.setMeta('acme', one)),
    )
    expectSame(new Set(set.map(({ _id }) => _id)).size, 1, 'It is one, whoever is first')
    const last = await store.shareLinks.setMeta('acme', { waiting_time: '', operation_time: 'never' })
    const { created_at } = set[0] ?? {}
    const expected = { waiting_time: '', operation_time: 'never', created_at }
    expectSame({ ...last, ...expected }, last, 'The last texts count')
    expectSame(await store.shareLinks.meta('acme'), last, 'It is read as it was set')
    expectSame(await store.shareLinks.meta('other'), null, 'Another workspace has its own')
  }),
]

export const shareLinkCases: readonly StoreCase[] = [...makingCases, ...usingCases, ...settingCases]
