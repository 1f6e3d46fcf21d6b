import { randomUUID } from 'node:crypto'
import { CannedAnswer } from '@dowellchat/protocol'
import type { CannedAnswerList, NewCannedAnswer, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { range, rowOf } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

export function newCannedAnswer(change: Partial<NewCannedAnswer> = {}): NewCannedAnswer {
  const cid = randomUUID()
  return {
    ...{ workspace_id: 'acme', created_by: 'mia', title: `Answer ${cid}`, text: 'Hello {{customer}}' },
    ...{ product: null, cid, fingerprint: 'as sent', ...change },
  }
}

async function make(store: Store, change: Partial<NewCannedAnswer> = {}): Promise<CannedAnswer> {
  return rowOf(await store.cannedAnswers.create(newCannedAnswer(change)))
}

async function titles(store: Store, list: Partial<CannedAnswerList> = {}): Promise<string[]> {
  return (await store.cannedAnswers.list('acme', { limit: 99, ...list })).map(({ title }) => title)
}

export const cannedAnswerCases: readonly StoreCase[] = [
  oneStore('[CN1] keeps a canned answer once per cid, and once per title', async (store) => {
    const request = newCannedAnswer({ title: 'Greeting', product: 'billing' })
    const made = await Promise.all([store.cannedAnswers.create(request), store.cannedAnswers.create(request)])
    const [first, again] = made.map(rowOf)
    expectSame(first, CannedAnswer.parse(first), 'An answer is as the protocol has it')
    expectSame(again, first, 'A repeated cid is answered with the answer')
    expectSame(first?.product, 'billing', 'An answer keeps its topic')
    const create = (change: Partial<NewCannedAnswer>) =>
      store.cannedAnswers.create(newCannedAnswer({ title: 'Greeting', ...change }))
    expectSame(await create({}), { conflict: 'exists' }, 'A title is taken once')
    const another = await store.cannedAnswers.create({ ...request, fingerprint: 'another' })
    expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    expectTrue('row' in (await create({ workspace_id: 'other' })), 'Another workspace has titles of its own')
    expectSame(await store.cannedAnswers.get('acme', first?._id ?? ''), first, 'get answers it')
    expectSame(await store.cannedAnswers.get('other', first?._id ?? ''), null, 'No other workspace has it')
  }),

  oneStore('[CN1] changes what is named of a canned answer, and removes it', async (store) => {
    const { _id, text, created_at } = await make(store, { title: 'One' })
    await make(store, { title: 'Two' })
    const update = (change: object, workspace = 'acme', id = _id) =>
      store.cannedAnswers.update(workspace, id, change)
    expectSame(await update({ title: 'Two' }), 'exists', 'A title that another one has is taken')
    const renamed = await update({ title: 'Three', product: 'billing' })
    expectTrue(renamed !== null && renamed !== 'exists', 'An answer is changed', renamed)
    const { updated_at, ...rest } = renamed as CannedAnswer
    expectSame(rest, { _id, title: 'Three', text, product: 'billing', created_at }, 'Only what is named')
    expectTrue(updated_at >= created_at, 'It says when it was changed')
    const kept = await update({ title: 'Three', product: null })
    expectSame((kept as CannedAnswer).product, null, 'An answer can be for all topics again')
    expectSame(await update({ text: 'x' }, 'other'), null, 'No other workspace changes it')
    expectSame(await update({ text: 'x' }, 'acme', 'unknown'), null, 'What is not there is not changed')
    expectSame(await store.cannedAnswers.remove('other', _id), false, 'No other workspace removes it')
    expectSame(await store.cannedAnswers.remove('acme', _id), true, 'An answer is removed')
    expectSame(await store.cannedAnswers.remove('acme', _id), false, 'Removing it again changes nothing')
    expectSame(await titles(store), ['Two'], 'It is gone')
    await make(store, { title: 'Three' })
  }),

  oneStore('[CN2] lists canned answers by their titles, for a topic with those for all', async (store) => {
    const products = { d: null, b: 'billing', a: 'delivery', c: null, ä: 'billing', '👋': null }
    for (const [title, product] of Object.entries(products)) await make(store, { title, product })
    expectSame(await titles(store), ['a', 'b', 'c', 'd', 'ä', '👋'], 'All in the order of their titles')
    expectSame(await titles(store, { product: 'billing' }), ['b', 'c', 'd', 'ä', '👋'], 'Those of a topic')
    expectSame(await titles(store, { after: 'b', limit: 2 }), ['c', 'd'], 'A page follows a title')
    const page = { product: 'billing', after: 'c', limit: 2 }
    expectSame(await titles(store, page), ['d', 'ä'], 'So does a page of a topic')
  }),

  oneStore('[CN1] keeps to the limit of canned answers', async (store) => {
    const create = (change: Partial<NewCannedAnswer> = {}) =>
      store.cannedAnswers.create(newCannedAnswer({ most: 2, ...change }))
    const first = newCannedAnswer({ most: 2 })
    const { _id } = rowOf(await store.cannedAnswers.create(first))
    rowOf(await create())
    expectSame(await create(), { conflict: 'limit' }, 'No more than the limit allows')
    expectSame(rowOf(await store.cannedAnswers.create(first))._id, _id, 'A repeated cid is answered')
    rowOf(await create({ workspace_id: 'other' }))
    await store.cannedAnswers.remove('acme', _id)
    rowOf(await create())
    expectSame(await create(), { conflict: 'limit' }, 'One that is removed leaves room for one more')
  }),

  threeStores('[CN1] keeps to it through several connections at once', async (stores) => {
    const create = (n: number, change: Partial<NewCannedAnswer>) =>
      (stores[n % stores.length] as Store).cannedAnswers.create(newCannedAnswer({ most: 4, ...change }))
    const made = await Promise.all(range(1, 9).map((n) => create(n, {})))
    expectSame(made.filter((one) => 'row' in one).length, 4, 'As many are made as the limit allows')
    const workspace_id = 'other'
    const same = await Promise.all(range(1, 6).map((n) => create(n, { title: 'Same', workspace_id })))
    expectSame(same.filter((one) => 'row' in one).length, 1, 'A title is taken once')
  }),

  reopened(
    '[CN1] has canned answers after a restart',
    (store) => make(store),
    async (store, made) => {
      expectSame(await store.cannedAnswers.get('acme', made._id), made, 'An answer is there')
    },
  ),
]
