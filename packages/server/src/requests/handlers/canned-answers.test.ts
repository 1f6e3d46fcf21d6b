import { randomUUID } from 'node:crypto'
import type { CannedAnswer } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { openChat, type TestSocket } from '../../testing/connect.ts'

async function scene() {
  const chat = await openChat(onTestFinished)
  const mia = await chat.connect('mia', { role: 'agent' })
  const root = await chat.connect('root', { role: 'admin' })
  return { chat, mia, root, ann: await chat.connect('ann') }
}

function make(socket: TestSocket, title: string, product: string | null = null): Promise<CannedAnswer> {
  const said = { title, text: 'Hello {{customer}}', product, cid: randomUUID() }
  return socket.request('create_canned_answer', said)
}

it('[CN1] keeps canned answers for agents and admins, who hear of every change', async () => {
  const { mia, root, ann } = await scene()
  const wanted = { title: 'Greeting', text: 'Hello {{customer}}', cid: randomUUID() }
  const made = await mia.request('create_canned_answer', wanted)
  expect(made).toMatchObject({ title: 'Greeting', text: 'Hello {{customer}}', product: null })
  expect(await mia.request('create_canned_answer', wanted)).toEqual(made)
  expect(await root.refusal('create_canned_answer', { ...wanted, cid: randomUUID() })).toBe('conflict')
  const answer_id = made._id
  const changed = await root.request('update_canned_answer', { answer_id, text: 'Hi', product: 'sales' })
  expect(changed).toMatchObject({ title: 'Greeting', text: 'Hi', product: 'sales' })
  await make(mia, 'Bye')
  expect(await mia.refusal('update_canned_answer', { answer_id, title: 'Bye' })).toBe('conflict')
  expect(await mia.refusal('update_canned_answer', { answer_id: 'x', title: 'Y' })).toBe('not_found')
  for (const _ of [1, 2])
    expect(await mia.request('delete_canned_answer', { answer_id })).toEqual({ answer_id })
  await root.first('canned_answer_changed', (data) => data.answer_id === answer_id && data.answer === null)
  const heard = root.frames.flatMap(([event, data]) => (event === 'canned_answer_changed' ? [data] : []))
  expect(heard).toMatchObject([
    { answer: made },
    { answer: changed },
    { answer: { title: 'Bye' } },
    { answer: null },
  ])
  await ann.settle()
  expect(await ann.heard()).toEqual([])
  expect(await ann.refusal('get_canned_answers', {})).toBe('forbidden')
  expect(await ann.refusal('create_canned_answer', wanted)).toBe('forbidden')
})

it('[CN2] lists those of a topic and those for all, in pages, in the order of their titles', async () => {
  const { chat, mia } = await scene()
  const titles = Array.from({ length: 120 }, (_, n) => `Answer ${String(n).padStart(3, '0')}`)
  for (const [n, title] of titles.entries()) await make(mia, title, n % 3 === 0 ? 'sales' : null)
  await make(mia, 'Answer 0005', 'billing')
  const list = async (payload: object) => {
    const { answers, more } = await mia.request('get_canned_answers', payload)
    return { found: answers.map(({ title }) => title), more }
  }
  const first = await list({ product: 'sales' })
  expect(first).toEqual({ found: titles.slice(0, 100), more: true })
  expect(await list({ product: 'sales', after: titles[99] })).toEqual({
    found: titles.slice(100),
    more: false,
  })
  expect((await list({})).found).toContain('Answer 0005')
  const far = await chat.connect('far', { role: 'agent', workspace_id: 'other', api_key: 'other-key' })
  expect((await far.request('get_canned_answers', {})).answers).toEqual([])
})
