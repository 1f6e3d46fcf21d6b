import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { operatorAuth } from '../../../tests/support/erasing.ts'
import { startReceiver, webhookTo } from '../../../tests/support/receiver.ts'
import { leave } from '../../../tests/support/unread-scene.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { openChat } from '../../testing/connect.ts'
import { draft } from '../../testing/store-cases/making.ts'

const hourMs = 3_600_000
const keyPepper = 'a pepper of the test'

/** A server with a webhook, and an operator. */
async function scene(more: object = {}) {
  const receiver = await startReceiver()
  const store = await embeddedStore({ path: ':memory:' })
  const webhooks = [webhookTo(receiver, more)]
  const chat = await openChat(onTestFinished, { store, keyPepper, webhooks, metrics: true })
  const operator = await chat.connect('op', await operatorAuth(store, keyPepper, ['webhooks']))
  return { receiver, store, chat, operator }
}

it('[WH8] shows what a webhook has not taken, tries it again, and replays from a position or a time', async () => {
  const { receiver, chat, operator } = await scene()
  const ann = await chat.connect('ann')
  const say = (room_id: string, message_data: string) =>
    ann.request('message_event', { room_id, message_data, cid: randomUUID() })
  receiver.answer = (response, { body }) =>
    void response.writeHead(body.stream === 'room:bad' ? 422 : 204).end()
  await say('bad', 'poison')
  const { created_at } = await say('good', 'one')
  await say('good', 'two')
  await expect.poll(() => receiver.taken()).toEqual(['one', 'two'])
  const webhook_id = 'hook'
  const failed = async () => (await operator.request('get_failed_deliveries', { webhook_id })).deliveries
  await expect
    .poll(failed)
    .toMatchObject([{ stream: 'room:bad', seq: null, problem: 'It answers 422', parked_at: null }])
  await chat.server.clock.advance(25 * hourMs)
  await expect.poll(failed).toMatchObject([{ due_at: null, parked_at: expect.any(String) }])
  expect(await operator.request('get_failed_deliveries', { webhook_id, after: 'room:bad' })).toEqual({
    deliveries: [],
    more: false,
  })

  receiver.answer = (response) => void response.writeHead(204).end()
  expect(await operator.request('resume_webhook', { webhook_id })).toEqual({ streams: 1, more: false })
  await expect.poll(() => receiver.taken('room:bad')).toEqual(['poison'])
  await expect.poll(failed).toEqual([])

  const replay = { webhook_id, stream: 'room:good', seq: 1 }
  expect(await operator.request('replay_webhook', replay)).toEqual({ streams: 1, next: null })
  await expect.poll(() => receiver.taken('room:good')).toEqual(['one', 'two', 'two'])
  expect(await operator.request('replay_webhook', { webhook_id, since: created_at })).toEqual({
    streams: 2,
    next: null,
  })
  await expect.poll(() => receiver.taken('room:good')).toEqual(['one', 'two', 'two', 'one', 'two'])
  await say('good', 'three')
  await expect.poll(() => receiver.taken('room:good').at(-1)).toBe('three')

  const refusals: [string, object, string][] = [
    ['resume_webhook', { webhook_id: 'other' }, 'not_found'],
    ['resume_webhook', { webhook_id, stream: 'room:unknown' }, 'not_found'],
    ['replay_webhook', { webhook_id }, 'invalid_payload'],
    ['replay_webhook', { webhook_id, seq: 1 }, 'invalid_payload'],
    ['replay_webhook', { webhook_id, stream: 'room:good', seq: 1, since: created_at }, 'invalid_payload'],
  ]
  for (const [request, payload, code] of refusals)
    expect(await operator.ask(request, payload), `${request} ${JSON.stringify(payload)}`).toMatchObject({
      error: { code },
    })
  const admin = await chat.connect('root', { role: 'admin' })
  expect(await admin.ask('resume_webhook', { webhook_id })).toMatchObject({ error: { code: 'forbidden' } })
})

it('[WH8] [TL7] replays no notes, no streams that there are not, and none from behind its end', async () => {
  const { store, operator } = await scene()
  for (const stream of ['notes:t', 'room:r'])
    await store.streams.append({ workspace_id: 'demo', stream }, [draft()])
  const refused = async (stream: string, seq: number) => {
    const answer = await operator.ask('replay_webhook', { webhook_id: 'hook', stream, seq })
    const row = await store.deliveries.get('demo', 'hook', stream)
    return 'error' in answer ? [answer.error.code, answer.error.message, row] : answer
  }
  for (const stream of ['notes:t', 'room:none', 'call:ann'])
    expect(await refused(stream, 0)).toEqual([
      'not_found',
      `There is nothing of ${stream} that a webhook could be sent`,
      null,
    ])
  expect(await refused('room:r', 2)).toEqual(['invalid_payload', 'seq: room:r ends at 1', null])
  const end = { webhook_id: 'hook', stream: 'room:r', seq: 1 }
  expect(await operator.request('replay_webhook', end)).toEqual({ streams: 1, next: null })
})

it('[WH8] shows missed calls that could not be told, however long the ids of the two are', async () => {
  const { receiver, chat, operator } = await scene({ events: ['unread'] })
  receiver.answer = (response) => void response.writeHead(500).end()
  const [caller, userToCall] = ['a'.repeat(128), 'b'.repeat(128)]
  const a = await chat.connect(caller)
  await leave(chat, await chat.connect(userToCall))
  const seen = async () => (await a.request('get_users', { user_ids: [userToCall] })).users.length
  await expect.poll(seen).toBe(1)
  await a.ask('callUser', { userToCall, signalData: 'x', cid: randomUUID() })
  const webhook_id = 'hook/unread'
  const failed = async () => operator.ask('get_failed_deliveries', { webhook_id })
  await expect.poll(failed).toMatchObject({ data: { deliveries: [{ problem: 'It answers 500' }] } })
})
