import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { operatorAuth } from '../../../tests/support/erasing.ts'
import { startReceiver, webhookTo } from '../../../tests/support/receiver.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { openChat } from '../../testing/connect.ts'

const hourMs = 3_600_000

it('[WH8] shows what a webhook has not taken, tries it again, and replays from a position or a time', async () => {
  const receiver = await startReceiver()
  const store = await embeddedStore({ path: ':memory:' })
  const keyPepper = 'a pepper of the test'
  const chat = await openChat(onTestFinished, { store, keyPepper, webhooks: [webhookTo(receiver)] })
  const ann = await chat.connect('ann')
  const say = (room_id: string, message_data: string) =>
    ann.request('message_event', { room_id, message_data, cid: randomUUID() })
  const operator = await chat.connect('op', await operatorAuth(store, keyPepper, ['webhooks']))
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
