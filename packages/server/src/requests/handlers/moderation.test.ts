import { randomUUID } from 'node:crypto'
import { type Message, limits as protocolLimits } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { range } from '../../testing/store-cases/making.ts'

const cid = () => randomUUID()
const stream = 'room:lobby'

/** Ann, ben, an agent and two admins; ben has written to the lobby. */
async function openLobby(options: Parameters<typeof openChat>[1] = {}) {
  const chat: TestChat = await openChat(onTestFinished, options)
  const ann = await chat.connect('ann')
  const ben = await chat.connect('ben')
  const mia = await chat.connect('mia', { role: 'agent' })
  const root = await chat.connect('root', { role: 'admin' })
  const zoe = await chat.connect('zoe', { role: 'admin' })
  const insult = await say(ben, 'You fool')
  for (const socket of [ann, ben, mia, root, zoe]) await socket.heard()
  return { chat, ann, ben, mia, root, zoe, insult }
}

function say(socket: TestSocket, message_data: string, room_id = 'lobby'): Promise<Message> {
  return socket.request('message_event', { room_id, message_data, cid: cid() })
}

function ofMessage({ stream, seq, _id: message_id }: Message) {
  return { stream, seq, message_id, reason: 'Insults', cid: cid() }
}

const ofPerson = (user_id: string) => ({ user_id, reason: 'Spam', cid: cid() })

it('[MO5] tells the admins what was reported, with the message as it was then', async () => {
  const { ann, ben, mia, root, zoe, insult } = await openLobby()
  const payload = ofMessage(insult)
  const { report_id } = await ann.request('report', payload)
  const report = {
    _id: report_id,
    reported_by: 'ann',
    user_id: 'ben',
    stream,
    seq: insult.seq,
    message: insult,
    reason: 'Insults',
    created_at: expect.any(String),
    resolved_at: null,
    resolved_by: null,
    resolution: null,
  }
  for (const admin of [root, zoe]) expect(await admin.heard()).toEqual([['report_changed', { data: report }]])
  for (const socket of [ann, ben, mia]) expect(await socket.heard()).toEqual([])
  expect(await ann.request('report', payload)).toEqual({ report_id })
  expect(await ann.refusal('report', { ...payload, reason: 'Another' })).toBe('conflict')
  expect(await root.request('get_reports', {})).toEqual({ reports: [report], more: false })
})

it('[MO5] reports people, whether they exist or not, but oneself', async () => {
  const { ann, root } = await openLobby()
  const { report_id } = await ann.request('report', ofPerson('nobody'))
  const [report] = (await root.request('get_reports', {})).reports
  expect(report).toMatchObject({ _id: report_id, user_id: 'nobody', stream: null, seq: null, message: null })
  expect(await ann.refusal('report', ofPerson('ann'))).toBe('conflict')
  const long = 'x'.repeat(protocolLimits.report_length + 1)
  expect(await ann.refusal('report', { ...ofPerson('ben'), reason: long })).toBe('invalid_payload')
})

it('[MO5] reports only messages of others that the session may read', async () => {
  const { chat, ann, ben, root, insult } = await openLobby()
  expect(await ben.refusal('report', ofMessage(insult))).toBe('conflict')
  expect(await ann.refusal('report', { ...ofMessage(insult), message_id: cid() })).toBe('not_found')
  expect(await ann.refusal('report', { ...ofMessage(insult), seq: 99 })).toBe('not_found')
  expect(await ann.refusal('report', { ...ofMessage(insult), stream: 'room:nothing' })).toBe('not_found')
  const eve = await chat.connect('eve')
  const { _id: room } = await ben.request('create_room', { kind: 'members', members: ['ann'], cid: cid() })
  const secret = await say(ben, 'secret', room)
  expect(await eve.refusal('report', ofMessage(secret))).toBe('not_found')
  expect(await ann.request('report', ofMessage(secret))).toEqual({ report_id: expect.any(String) })
  await root.request('create_topic', { name: 'billing', cid: cid() })
  const ticket = await ben.request('create_ticket', { product: 'billing', cid: cid() })
  const inTicket = { ...ofMessage(insult), stream: `ticket:${ticket._id}` }
  expect(await ann.refusal('report', inTicket)).toBe('not_found')
})

it('[MO6] shows and resolves reports to admins alone', async () => {
  const { ann, mia, root, zoe } = await openLobby()
  const { report_id } = await ann.request('report', ofPerson('ben'))
  for (const socket of [ann, mia]) {
    expect(await socket.refusal('get_reports', {})).toBe('forbidden')
    expect(await socket.refusal('resolve_report', { report_id })).toBe('forbidden')
  }
  for (const admin of [root, zoe]) await admin.heard()
  const resolved = await root.request('resolve_report', { report_id, resolution: 'Warned' })
  expect(resolved).toMatchObject({
    resolved_by: 'root',
    resolution: 'Warned',
    resolved_at: expect.any(String),
  })
  expect(await zoe.heard()).toEqual([['report_changed', { data: resolved }]])
  expect(await zoe.request('resolve_report', { report_id, resolution: 'Another' })).toEqual(resolved)
  expect(await root.heard()).toHaveLength(1)
  expect(await root.refusal('resolve_report', { report_id: cid() })).toBe('not_found')
})

it('[MO6] lists reports newest first, in pages, and those that are open or resolved', async () => {
  const { ann, root } = await openLobby()
  const ids: string[] = []
  for (const n of range(1, 5)) ids.unshift((await ann.request('report', ofPerson(`user ${n}`))).report_id)
  await root.request('resolve_report', { report_id: ids[1] as string })
  const page = async (payload: object) => {
    const { reports, more } = await root.request('get_reports', payload)
    return [reports.map(({ _id }) => _id), more]
  }
  expect(await page({ limit: 3 })).toEqual([ids.slice(0, 3), true])
  expect(await page({ limit: 3, before: ids[2] })).toEqual([ids.slice(3), false])
  expect(await page({ is_resolved: true })).toEqual([[ids[1]], false])
  expect(await page({ is_resolved: false })).toEqual([ids.filter((_, at) => at !== 1), false])
})

it('[MO6] keeps an answer with long messages within its bytes', async () => {
  const { ann, ben, root } = await openLobby()
  const text = '語'.repeat(15_000)
  for (const _ of range(1, 12)) await ann.request('report', ofMessage(await say(ben, text)))
  const { reports, more } = await root.request('get_reports', {})
  expect(more).toBe(true)
  expect(Buffer.byteLength(JSON.stringify(reports))).toBeLessThan(protocolLimits.page_bytes)
  const rest = await root.request('get_reports', { before: reports.at(-1)?._id as string })
  expect([...reports, ...rest.reports].length).toBeGreaterThan(reports.length)
})

it('[MO7] limits how many reports of one person are open', async () => {
  const { ann, ben, root } = await openLobby({ limits: { userOpenReports: 2 } })
  const first = ofPerson('eve')
  const { report_id } = await ann.request('report', first)
  await ann.request('report', ofPerson('eve'))
  expect(await ann.refusal('report', ofPerson('eve'))).toBe('limit_reached')
  expect(await ann.request('report', first)).toEqual({ report_id })
  await ben.request('report', ofPerson('eve'))
  await root.request('resolve_report', { report_id })
  await ann.request('report', ofPerson('eve'))
  expect(await ann.refusal('report', ofPerson('eve'))).toBe('limit_reached')
})
