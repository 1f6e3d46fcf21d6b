import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Logger } from './logger.ts'
import { messagesIn, openChat } from './testing/connect.ts'

interface Line {
  readonly step: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Starts a server with a logger that keeps its debug lines. */
async function openLogged(more: Partial<Logger> = {}) {
  const lines: Line[] = []
  const logger: Logger = {
    info() {},
    warn() {},
    error() {},
    debug: (fields, step) => void lines.push({ step, fields: { ...fields } }),
    ...more,
  }
  const chat = await openChat(onTestFinished, { logger })
  // Without the `leave` requests of the test sockets' own `settle`.
  const linesWith = (wanted: object) =>
    lines.filter(
      ({ fields }) =>
        fields.event !== 'leave' &&
        Object.entries(wanted).every(([name, value]) => Object.is(fields[name], value)),
    )
  return { chat, lines, linesWith }
}

const key = { workspace_id: 'demo', api_key: 'demo-key' }
const text = 'words that nobody logs'

it('shows the way of a message by its cid, stream and seq, without its text', async () => {
  const { chat, lines, linesWith } = await openLogged()
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  const message = { room_id: 'r', message_data: text, cid: randomUUID() }
  await ann.request('message_event', message)
  const [shown] = messagesIn(await bob.heard(1))
  await ann.request('message_event', message)

  const { cid } = message
  const [workspace, stream] = ['demo', 'room:r']
  const append = { stream, cid, seq: 1, workspace }
  const request = {
    event: 'message_event',
    cid,
    stream,
    socket: ann.id,
    user: 'ann',
    workspace,
    outcome: 'ok',
    ms: expect.any(Number),
  }
  expect(shown).toMatchObject({ cid, stream, seq: 1 })
  expect(linesWith({ cid })).toEqual([
    { step: 'append', fields: { ...append, outcome: 'created' } },
    { step: 'request', fields: request },
    { step: 'append', fields: { ...append, outcome: 'repeated' } },
    { step: 'request', fields: request },
  ])
  expect(lines.filter(({ step }) => step === 'broadcast')).toEqual([
    { step: 'broadcast', fields: { stream, from: 1, to: 1, sockets: 1, workspace } },
  ])
  expect(JSON.stringify(lines)).not.toContain(text)
})

it('shows the cid that the server makes for a V2 request', async () => {
  const { chat, linesWith } = await openLogged()
  const [page, ann] = [await chat.connectV2(), await chat.connect('ann')]
  await ann.request('join', { room: 'r' })
  page.emit('message_event', { room_id: 'r', message_data: text, author: 'Page' })
  const [message] = messagesIn(await ann.heard(1))

  expect(linesWith({ cid: message?.cid })).toMatchObject([
    { step: 'append', fields: { stream: 'room:r', seq: 1, outcome: 'created' } },
    { step: 'request', fields: { event: 'message_event', socket: page.id, outcome: 'ok' } },
  ])
})

it('shows whom a call rang and how it ended, without its signals', async () => {
  const { chat, lines, linesWith } = await openLogged()
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  const ring = (userToCall: string) => ({ userToCall, signalData: text, cid: randomUUID() })
  const nobody = ring('nobody')
  expect(await ann.refusal('callUser', nobody)).toBe('not_found')
  expect(linesWith({ cid: nobody.cid })).toMatchObject([
    { step: 'call', fields: { step: 'devices found', to: 'nobody', devices: [] } },
    { step: 'request', fields: { event: 'callUser', outcome: 'not_found' } },
  ])

  const { callId } = await ann.request('callUser', ring('bob'))
  await bob.request('answerCall', { callId, signal: text })
  bob.socket.disconnect()
  await ann.first('callEnded')

  const steps = linesWith({ call: callId }).map(({ step, fields }) => [step, fields.step ?? fields.fact])
  expect(steps.filter(([step]) => step !== 'request')).toEqual([
    ['call', 'created'],
    ['push', 'callUser'],
    ['call', 'answer'],
    ['push', 'callSignal'],
    ['call', 'lose'],
    ['push', 'callEnded'],
  ])
  expect(linesWith({ fact: 'callUser' })).toMatchObject([{ fields: { sockets: 1 } }])
  expect(JSON.stringify(lines)).not.toContain(text)
})

it('shows what becomes of a ticket', async () => {
  const { chat, linesWith } = await openLogged()
  const [root, carl] = [await chat.connect('root', { role: 'admin' }), await chat.connect('carl')]
  await root.request('create_topic', { name: 'sales', cid: randomUUID() })
  const { _id: ticket } = await carl.request('create_ticket', { product: 'sales', cid: randomUUID() })
  const max = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true }
  await root.request('create_line_manager', { ...max, cid: randomUUID() })
  for (let n = 0; n < 2; n++) await root.request('close_ticket', { ticket_id: ticket })

  expect(linesWith({ ticket }).map(({ fields }) => [fields.step, fields.line_manager])).toEqual([
    ['created', null],
    ['assigned', 'max'],
    ['closed', 'max'],
    ['closed before', 'max'],
  ])
})

it('shows who connects, who is refused and what is no request, without keys and payloads', async () => {
  const { chat, lines, linesWith } = await openLogged()
  const ann = await chat.connect('ann')
  const eve = chat.open({ protocol: 1, ...key, api_key: text, user_id: 'eve' })
  await eve.heard(1)
  expect(await ann.refusal('nonsense', { cid: text })).toBe('unknown_event')
  expect(await ann.refusal('join', { room: text.repeat(100) })).toBe('invalid_payload')
  const { id } = ann
  ann.socket.disconnect()

  await expect
    .poll(() => linesWith({ socket: id }))
    .toMatchObject([
      { step: 'connect', fields: { user: 'ann', workspace: 'demo', protocol: 1 } },
      { step: 'request', fields: { event: 'nonsense', outcome: 'unknown_event' } },
      { step: 'request', fields: { event: 'join', outcome: 'invalid_payload' } },
      { step: 'disconnect', fields: { reason: 'client namespace disconnect' } },
    ])
  expect(linesWith({ outcome: 'unauthenticated' })).toMatchObject([{ step: 'connect' }])
  expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${text}|demo-key`))
})

it('never calls the debug of a logger that does not show it, and asks only at the start', async () => {
  const isLevelEnabled = vi.fn(() => false)
  const { chat, lines } = await openLogged({ isLevelEnabled })
  const ann = await chat.connect('ann')
  await ann.request('message_event', { room_id: 'r', message_data: text, cid: randomUUID() })
  expect(lines).toEqual([])
  expect(isLevelEnabled.mock.calls).toEqual([['debug']])
})
