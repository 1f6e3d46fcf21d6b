import { randomUUID } from 'node:crypto'
import type { Message } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../../tests/support/two-servers.ts'
import { messagesIn, openChat } from '../../testing/connect.ts'

const message = (message_data: string) => ({ message_data, cid: randomUUID() })
const texts = (...data: string[]) => data.map(message)

it('[SM1] stores the messages of one request in their order, and broadcasts them so', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann', { name: 'Ann' }), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  const messages = Array.from({ length: 50 }, (_, at) => message(`${at}`))

  const { results } = await ann.request('send_messages', { stream: 'room:r', messages })

  const sent = results.flatMap((one) => ('message' in one ? one.message : []))
  expect(
    sent.map(({ seq, message_data, author, display_name }) => [seq, message_data, author, display_name]),
  ).toEqual(messages.map(({ message_data }, at) => [at + 1, message_data, 'ann', 'Ann']))
  expect(messagesIn(await bob.heard(1))).toEqual(sent)
})

it('[SM1] lets one message fail alone', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const cid = randomUUID()
  await ann.request('message_event', { room_id: 'r', message_data: 'first', cid })
  const [before, after] = texts('before', 'after') as [ReturnType<typeof message>, ReturnType<typeof message>]

  const { results } = await ann.request('send_messages', {
    stream: 'room:r',
    messages: [before, { message_data: 'another', cid }, after, after],
  })

  expect(results).toMatchObject([
    { message: { seq: 2, message_data: 'before' } },
    { error: { code: 'conflict', retryable: false } },
    { message: { seq: 3, message_data: 'after' } },
    { message: { seq: 3, message_data: 'after' } },
  ])
})

it('[SM2] stores nothing where something concerns all messages', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  const agent = await chat.connect('admin', { role: 'admin' })
  const ticket = await agent.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const room = await bob.request('create_room', { kind: 'members', members: [], cid: randomUUID() })
  const direct = await bob.request('create_room', { kind: 'direct', members: ['ann'], cid: randomUUID() })
  await ann.request('block_user', { user_id: 'bob' })
  const refused = (stream: string, messages: readonly unknown[] = texts('x')) =>
    ann.refusal('send_messages', { stream, messages })

  expect(await refused(`room:${room._id}`)).toBe('not_found')
  expect(await refused(`ticket:${ticket._id}`)).toBe('not_found')
  expect(await refused('ticket:none')).toBe('not_found')
  expect(await refused('notes:1')).toBe('not_found')
  expect(await refused(`room:${direct._id}`)).toBe('forbidden')
  expect(await refused('room:r', [])).toBe('invalid_payload')
  expect(await refused('room:r', texts(...Array.from({ length: 51 }, () => 'x')))).toBe('invalid_payload')
  expect(await refused('room:r', [...texts('good', 'x'.repeat(16_001)), ...texts('good')])).toBe(
    'invalid_payload',
  )
  expect(await refused('room:r', texts('good', ' '))).toBe('invalid_payload')
  expect(await refused('room:r', [message('good'), { message_data: 'no cid' }])).toBe('invalid_payload')
  expect((await ann.request('join', { room: 'r' })).entries).toEqual([])
})

it('[SM2] closes a connection whose frame is over its limit, and stores none of its messages', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]

  ann.emit('send_messages', {
    stream: 'room:r',
    messages: texts(...Array.from({ length: 5 }, () => 'x'.repeat(15_000))),
  })

  await ann.closed()
  expect((await bob.request('join', { room: 'r' })).entries).toEqual([])
})

it('[SM3] recognises a message, whichever request brought it first', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('ann', { role: 'admin' })
  const { _id: ticket_id } = await admin.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const [one, two] = texts('one', 'two') as [ReturnType<typeof message>, ReturnType<typeof message>]
  const owners = [
    ['room:r', 'message_event', { room_id: 'r' }],
    [`ticket:${ticket_id}`, 'ticket_message_event', { ticket_id }],
  ] as const
  for (const [stream, event, owner] of owners) {
    const { data } = await admin.ask(event, { ...owner, ...message('before') })
    const reply = { reply_to: (data as Message)._id }
    const single = await admin.ask(event, { ...owner, ...one, ...reply })
    const { results } = await admin.request('send_messages', {
      stream,
      messages: [{ ...one, ...reply, client_created_at: '2026-01-01T00:00:00.000Z' }, two],
    })
    expect(results[0]).toEqual({ message: single.data })
    const again = await admin.ask(event, { ...owner, ...two })
    expect({ message: again.data }).toEqual(results[1])
    expect(await admin.refusal(event, { ...owner, ...two, message_data: 'another' })).toBe('conflict')
  }
})

it('[SM4] gives a closed ticket repetitions only', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('ann', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  const customer = await chat.connect('bea')
  const { _id: ticket_id } = await customer.request('create_ticket', {
    product: 'billing',
    cid: randomUUID(),
  })
  const stream = `ticket:${ticket_id}`
  const known = message('known')
  const first = await admin.request('send_messages', { stream, messages: [known] })
  await admin.request('close_ticket', { ticket_id })

  const { results } = await admin.request('send_messages', { stream, messages: [message('new'), known] })

  expect(results).toMatchObject([{ error: { code: 'ticket_closed' } }, first.results[0] as object])
  expect(first.results).toMatchObject([{ message: { ticket_id, product: 'billing' } }])
})

it('[SM5] costs what its messages cost', async () => {
  const chat = await openChat(onTestFinished, {
    limits: { socketPoints: 60, socketPointsPerSecond: 1, userPoints: 60, userPointsPerSecond: 1 },
  })
  const ann = await chat.connect('ann')
  const messages = texts(...Array.from({ length: 50 }, () => 'x'))
  await ann.request('send_messages', { stream: 'room:r', messages })
  expect(await ann.refusal('send_messages', { stream: 'room:r', messages })).toBe('rate_limited')
})

it('[SM5, PE4] asks the option `authorize` about each message', async () => {
  const asked: [string, unknown][] = []
  const chat = await openChat(onTestFinished, {
    authorize: (_session, request, payload) => {
      asked.push([request, payload])
      return (payload as { message_data?: string }).message_data !== 'bad'
    },
  })
  const ann = await chat.connect('ann')
  const messages = texts('good', 'bad', 'better')

  const { results } = await ann.request('send_messages', { stream: 'room:r', messages })

  expect(results).toMatchObject([
    { message: { seq: 1, message_data: 'good' } },
    { error: { code: 'forbidden' } },
    { message: { seq: 2, message_data: 'better' } },
  ])
  const sending = asked.filter(([request]) => request !== 'leave')
  expect(sending).toEqual(messages.map((one) => ['message_event', { room_id: 'r', ...one }]))
})

describeTwoServers('send_messages through two servers', ({ newUrl, open }) => {
  it('[SM1, SM3] keeps the order of each request, and repeats on the other server what the first has stored', async () => {
    const [east, west] = await open(newUrl(), 20_000)
    const [ann, bob] = [await east.connect('ann'), await west.connect('bob')]
    const batches = Array.from({ length: 4 }, (_, at) =>
      texts(...Array.from({ length: 10 }, (_one, n) => `${at} ${n}`)),
    )
    const sent = await Promise.all(
      batches.map((messages, at) =>
        (at % 2 ? ann : bob).request('send_messages', { stream: 'room:r', messages }),
      ),
    )

    const { entries } = await bob.request('join', { room: 'r', limit: 50 })
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
    for (const [at, messages] of batches.entries()) {
      const stored = entries.flatMap((one) =>
        one.type === 'message' && one.message_data.startsWith(`${at} `) ? one.message_data : [],
      )
      expect(stored).toEqual(messages.map(({ message_data }) => message_data))
    }
    const elsewhere = await west.connect('ann')
    const again = await elsewhere.request('send_messages', { stream: 'room:r', messages: batches[1] ?? [] })
    expect(again).toEqual(sent[1])
  })
})
