import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PayloadOf, type RequestName, requests } from '@dowellchat/protocol'
import { type V2RequestName, v2Requests } from '@dowellchat/protocol/v2'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Logger } from '../src/logger.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'

vi.setConfig({ testTimeout: 60_000 })

type WorkspaceId = 'demo' | 'other'
const keyOf = (workspace: WorkspaceId) => ({ workspace_id: workspace, api_key: `canary-key-of-${workspace}` })
const canaryOf = (workspace: WorkspaceId) => `canary-text-of-${workspace}`
const workspaces = [
  { id: 'demo', keys: ['canary-key-of-demo', 'second-canary-key-of-demo'], guests: true },
  { id: 'other', keys: ['canary-key-of-other'] },
]
const uuid7 = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g

/** The people of a workspace, who have the same names in every other one. */
async function people(chat: TestChat, workspace: WorkspaceId) {
  const key = keyOf(workspace)
  const name = canaryOf(workspace)
  return {
    ann: await chat.connect('ann', { ...key, name }),
    agent: await chat.connect('agnes', { ...key, name, role: 'agent' }),
    admin: await chat.connect('root', { ...key, name, role: 'admin' }),
    tab: await chat.connectV2({ ...key, user_id: 'tab', name, role: 'admin' }),
    // Nobody in particular, who says a key with every request; lives in `demo`, and asks for tickets alone.
    page: await chat.connectV2(),
  }
}
type People = Awaited<ReturnType<typeof people>>

const cids = Array.from({ length: 12 }, () => randomUUID())

/** Every event of both dialects, well and badly, under the same names and cids in every workspace. */
async function walk(workspace: WorkspaceId, { ann, agent, admin, tab, page }: People): Promise<Set<string>> {
  const key = keyOf(workspace)
  const text = canaryOf(workspace)
  const done = new Set<string>()
  const ask = async (
    socket: TestSocket,
    event: string,
    payload: object,
  ): Promise<Record<string, unknown>> => {
    done.add(`${[tab, page].includes(socket) ? 'v2' : 'current'} ${event}`)
    const { data } = await socket.ask(event, { ...key, ...payload })
    socket.emit(event, { ...key, ...payload, ticket_id: 7, room: { api_key: key.api_key } })
    return data as Record<string, unknown>
  }
  await ask(admin, 'create_topic', { name: text, cid: cids[0] })
  await ask(tab, 'create_topic', { name: 'Sales' })
  await ask(admin, 'create_line_manager', {
    user_id: 'max',
    positions_in_a_line: 1,
    average_serving_time: 4,
    cid: cids[1],
  })
  await ask(page, 'create_line_manager', {
    user_id: text,
    positions_in_a_line: '2',
    average_serving_time: '4',
  })
  for (const socket of [ann, tab, page]) {
    await ask(socket, 'get_all_topics', {})
    await ask(socket, 'get_all_line_managers', {})
  }

  await ask(ann, 'join', { room: 'lobby' })
  await ask(tab, 'join', { room: 'lobby' })
  tab.emit('join', { room: 'lobby' })
  await ask(ann, 'message_event', { room_id: 'lobby', message_data: text, cid: cids[2], author: key.api_key })
  await ask(tab, 'message_event', { room_id: 'lobby', message_data: text, author: text })
  const { epoch } = await ask(agent, 'get_messages', { stream: 'room:lobby', before: 10 })
  const position = { epoch, seq: 0, id: null }
  await ask(agent, 'get_entries', { stream: 'room:lobby', position })

  const { callId } = await ask(ann, 'callUser', { userToCall: 'agnes', signalData: text, cid: cids[3] })
  await ask(agent, 'answerCall', { callId, signal: text })
  await ask(ann, 'endCall', { callId })
  await ask(tab, 'callUser', { userToCall: 'lobby', signalData: text, from: 'lobby', name: key.api_key })
  await ask(tab, 'endCall', {})
  await ask(agent, 'callUser', { userToCall: 'tab', signalData: text, cid: cids[4] })
  await ask(tab, 'answerCall', { signal: text, to: 'agent' })

  const { _id: anns } = await ask(ann, 'create_ticket', { product: text, cid: cids[5] })
  const { _id: pages } = await ask(page, 'create_ticket', { product: 'sales', user_id: 'carl' })
  await ask(tab, 'create_ticket', { product: 'sales' })
  for (const socket of [ann, agent, tab, page]) await ask(socket, 'get_tickets', { product: 'sales' })
  await ask(agent, 'join_ticket', { ticket_id: anns })
  await ask(ann, 'ticket_message_event', { ticket_id: anns, message_data: text, cid: cids[6] })
  await ask(tab, 'ticket_message_event', { ticket_id: anns, message_data: text, user_id: key.api_key })
  await ask(page, 'ticket_message_event', {
    ticket_id: pages,
    message_data: text,
    user_id: 'carl',
    reply_to: 'None',
  })
  for (const socket of [ann, tab, page])
    await ask(socket, 'get_ticket_messages', { ticket_id: socket === page ? pages : anns })
  await ask(agent, 'leave_ticket', { ticket_id: anns })
  await ask(admin, 'close_ticket', { ticket_id: anns })
  await ask(tab, 'close_ticket', { ticket_id: anns, line_manager: 'max' })
  await ask(page, 'close_ticket', { ticket_id: pages, line_manager: 'max' })
  for (const socket of [ann, tab]) await ask(socket, 'leave', { room: 'lobby' })

  // Names that a library could take for an event of its own.
  for (const socket of [ann, tab]) {
    socket.emit('error', { message: key.api_key, stack: key.api_key, api_key: key.api_key })
    socket.emit('api_key', key.api_key)
  }
  return done
}

function heardBy(people: People): string {
  return JSON.stringify(Object.values(people).map(({ frames, answers }) => [frames, answers]))
}

describe('two workspaces side by side', () => {
  it('[WS1] hear, read and learn nothing of each other, and nobody hears, logs or stores a key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dowellchat-isolation-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const log: string[] = []
    const keep = (fields: object, message: string) => {
      const withErrors = (_key: string, value: unknown) =>
        value instanceof Error ? `${value.stack} ${JSON.stringify(value)}` : value
      log.push(JSON.stringify([message, fields], withErrors))
    }
    const logger: Logger = { info: keep, warn: keep, error: keep }
    const store = await embeddedStore({ path: folder })
    const chat = await openChat(onTestFinished, { store, workspaces, logger })
    const [demo, other] = [await people(chat, 'demo'), await people(chat, 'other')]
    for (const auth of [
      { ...keyOf('demo'), api_key: 'canary-key-of-other' },
      { ...keyOf('other'), user_id: '' },
    ]) {
      const refused = chat.open({ protocol: 1, user_id: 'eve', ...auth })
      expect(await refused.heard(1)).toMatchObject([['connect_error', { code: 'unauthenticated' }]])
    }

    const [done] = await Promise.all([walk('demo', demo), walk('other', other)])
    const everybody = [...Object.values(demo), ...Object.values(other)]
    for (const socket of everybody) await socket.heard()

    const everyEvent = [
      ...Object.keys(requests).map((event) => `current ${event}`),
      ...Object.keys(v2Requests).map((event) => `v2 ${event}`),
    ]
    const left = everyEvent.filter((event) => !done.has(event))
    expect(left.join(', '), 'events that nobody sends in `walk`: add them there').toBe('')
    expect([...done].sort()).toEqual(everyEvent.sort())
    const [byDemo, byOther] = [heardBy(demo), heardBy(other)]
    expect(byDemo).toContain(canaryOf('demo'))
    expect(byOther).toContain(canaryOf('other'))
    expect(byDemo).not.toContain(canaryOf('other'))
    expect(byOther).not.toContain(canaryOf('demo'))
    const [idsOfDemo, idsOfOther] = [byDemo, byOther].map((text) => new Set(text.match(uuid7)))
    expect(idsOfOther?.size).toBeGreaterThan(20)
    expect([...(idsOfDemo ?? [])].filter((id) => idsOfOther?.has(id))).toEqual([])

    const keys = /canary-key/
    expect(byDemo).not.toMatch(keys)
    expect(byOther).not.toMatch(keys)
    await chat.close()
    expect(log.filter((line) => keys.test(line))).toEqual([])
    expect(log.filter((line) => /canary-text/.test(line))).toEqual([])
    const stored = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name)))
    expect(stored.some((bytes) => bytes.includes(canaryOf('demo')))).toBe(true)
    expect(stored.filter((bytes) => bytes.includes('canary-key'))).toEqual([])
  })
})

/** Names of what exists in `demo`, or of nothing at all. */
interface Names {
  readonly socket: string
  readonly user: string
  readonly room: string
  readonly call: string
  readonly ticket: string
  readonly message: string
  readonly epoch: string
  readonly topic: string
}

const position = ({ epoch, message }: Names) => ({ epoch, seq: 1, id: message })

/** Each request with every name in it that it could take from another workspace. */
const probes: { [K in RequestName]: (names: Names, cid: string) => PayloadOf<K>[] } = {
  join: (names) => [{ room: names.room }, { room: names.room, position: position(names) }],
  leave: ({ room }) => [{ room }],
  message_event: ({ room, message }, cid) => [{ room_id: room, message_data: 'x', reply_to: message, cid }],
  get_messages: ({ room, ticket }) =>
    [`room:${room}`, `ticket:${ticket}`].map((stream) => ({ stream, before: 9 })),
  get_entries: (names) =>
    [`room:${names.room}`, `ticket:${names.ticket}`].map((stream) => ({
      stream,
      position: position(names),
    })),
  callUser: ({ socket, user, room }, cid) =>
    [socket, user, room].map((userToCall) => ({
      userToCall,
      signalData: 'x',
      from: socket,
      cid,
    })),
  answerCall: ({ call }) => [{ callId: call, signal: 'x' }],
  endCall: ({ call }) => [{ callId: call }],
  create_topic: ({ topic }, cid) => [{ name: topic, cid }],
  get_all_topics: () => [{}],
  create_line_manager: ({ user }, cid) => [
    { user_id: user, positions_in_a_line: 1, average_serving_time: 1, cid },
  ],
  get_all_line_managers: () => [{}],
  create_ticket: ({ topic }, cid) => [{ product: topic, cid }],
  get_tickets: ({ topic, ticket }) => [{ product: topic }, { before: ticket }],
  close_ticket: ({ ticket }) => [{ ticket_id: ticket }],
  join_ticket: (names) => [
    { ticket_id: names.ticket },
    { ticket_id: names.ticket, position: position(names) },
  ],
  leave_ticket: ({ ticket }) => [{ ticket_id: ticket }],
  ticket_message_event: ({ ticket, message }, cid) => [
    { ticket_id: ticket, message_data: 'x', reply_to: message, cid },
  ],
  get_ticket_messages: ({ ticket }) => [{ ticket_id: ticket }],
}

const v2Probes: { [K in V2RequestName]: (names: Names) => object } = {
  join: ({ room }) => ({ room }),
  leave: ({ room }) => ({ room }),
  message_event: ({ room }) => ({ room_id: room, message_data: 'x' }),
  callUser: ({ user }) => ({ userToCall: user, signalData: 'x' }),
  answerCall: ({ user }) => ({ signal: 'x', to: user }),
  endCall: ({ user }) => ({ to: user }),
  create_topic: ({ topic }) => ({ name: topic }),
  get_all_topics: () => ({}),
  create_line_manager: ({ user }) => ({ user_id: user, positions_in_a_line: 1, average_serving_time: 1 }),
  get_all_line_managers: () => ({}),
  create_ticket: ({ topic, user }) => ({ product: topic, user_id: user }),
  get_tickets: ({ topic }) => ({ product: topic }),
  close_ticket: ({ ticket, user }) => ({ ticket_id: ticket, line_manager: user }),
  ticket_message_event: ({ ticket, message }) => ({
    ticket_id: ticket,
    message_data: 'x',
    reply_to: message,
  }),
  get_ticket_messages: ({ ticket }) => ({ ticket_id: ticket }),
}

/** An answer without the names that were asked for, and without what every row has of its own. */
function impersonal(answer: unknown, names: Names): string {
  const text = Object.entries(names).reduce(
    (left, [what, name]) => left.replaceAll(name, `<${what}>`),
    JSON.stringify(answer),
  )
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, '<uuid>')
}

/** Everything that `demo` has one of, and somebody of it who records what is heard there. */
async function busyDemo(chat: TestChat): Promise<{ foreign: Names; missing: Names; demo: People }> {
  const demo = await people(chat, 'demo')
  const { ann, agent, admin } = demo
  await admin.request('create_topic', { name: 'only_in_demo', cid: randomUUID() })
  const room = 'only-in-demo'
  for (const one of [ann, agent]) await one.request('join', { room })
  const message = await ann.request('message_event', { room_id: room, message_data: 'x', cid: randomUUID() })
  const { epoch } = await ann.request('join', { room })
  const ticket = await ann.request('create_ticket', { product: 'only_in_demo', cid: randomUUID() })
  await ann.request('join_ticket', { ticket_id: ticket._id })
  const { callId } = await ann.request('callUser', {
    userToCall: 'agnes',
    signalData: 'x',
    cid: randomUUID(),
  })
  const foreign: Names = {
    socket: agent.id,
    user: 'agnes',
    room,
    call: callId,
    ticket: ticket._id,
    message: message._id,
    epoch,
    topic: 'only_in_demo',
  }
  const missing: Names = {
    socket: 'A'.repeat(agent.id.length),
    user: 'nobody',
    room: 'nowhere',
    call: randomUUID(),
    ticket: randomUUID(),
    message: randomUUID(),
    epoch: randomUUID(),
    topic: 'nothing',
  }
  for (const socket of Object.values(demo)) await socket.heard()
  return { foreign, missing, demo }
}

describe('what belongs to another workspace', () => {
  it.each(Object.keys(requests) as RequestName[])(
    '[WS1] is answered like what does not exist: %s',
    async (event) => {
      const chat = await openChat(onTestFinished, { workspaces })
      const { foreign, missing, demo } = await busyDemo(chat)
      for (const role of ['customer', 'agent', 'admin']) {
        const stranger = await chat.connect(`a-${role}`, { ...keyOf('other'), role })
        const answersTo = async (names: Names) => {
          const answers: string[] = []
          for (const payload of probes[event](names, randomUUID()))
            answers.push(impersonal(await stranger.ask(event, payload), names))
          return answers
        }
        expect(await answersTo(foreign)).toEqual(await answersTo(missing))
        expect((await stranger.heard()).filter(([name]) => name !== 'new_ticket')).toEqual([])
      }
      for (const socket of Object.values(demo)) expect(await socket.heard()).toEqual([])
      expect(await demo.ann.request('get_ticket_messages', { ticket_id: foreign.ticket })).toEqual([])
      expect(await demo.ann.request('endCall', { callId: foreign.call })).toMatchObject({
        reason: 'cancelled',
      })
    },
  )

  it.each(Object.keys(v2Requests) as V2RequestName[])(
    '[WS1] is answered like what does not exist: %s of V2',
    async (event) => {
      const chat = await openChat(onTestFinished, { workspaces })
      const { foreign, missing, demo } = await busyDemo(chat)
      const strangers = [await chat.connectV2({ ...keyOf('other'), user_id: 'tab', role: 'admin' })]
      if (v2Requests[event].event !== 'my_response' && v2Requests[event].event !== 'error_response') {
        strangers.push(await chat.connectV2())
      }
      for (const stranger of strangers) {
        const answersTo = async (names: Names) => {
          const payload = { ...keyOf('other'), ...v2Probes[event](names) }
          const answer = impersonal(await stranger.ask(event, payload), names)
          await stranger.heard()
          stranger.emit(event, payload)
          return [answer, impersonal(await stranger.heard(), names)]
        }
        expect(await answersTo(foreign)).toEqual(await answersTo(missing))
      }
      for (const socket of Object.values(demo)) expect(await socket.heard()).toEqual([])
    },
  )

  it.each(Object.keys(requests) as RequestName[])(
    '[AU5] is forbidden alike, whether the workspace exists or not: %s',
    async (event) => {
      const chat = await openChat(onTestFinished, { workspaces })
      const { foreign, demo } = await busyDemo(chat)
      const stranger = await chat.connect('stranger', { ...keyOf('other'), role: 'admin' })
      const answers: string[] = []
      for (const workspace_id of ['demo', 'nowhere']) {
        for (const api_key of [undefined, keyOf('demo').api_key, 'wrong']) {
          for (const payload of probes[event](foreign, randomUUID())) {
            answers.push(JSON.stringify(await stranger.ask(event, { ...payload, workspace_id, api_key })))
          }
        }
      }
      expect([...new Set(answers)]).toEqual([expect.stringContaining('"code":"forbidden"')])
      for (const socket of [stranger, ...Object.values(demo)]) expect(await socket.heard()).toEqual([])
    },
  )

  it('[AU5] is told by a wrong key like a workspace that does not exist, in every request of a page', async () => {
    const chat = await openChat(onTestFinished, { workspaces })
    const { foreign, demo } = await busyDemo(chat)
    const page = await chat.connectV2()
    const keyed = (Object.keys(v2Requests) as V2RequestName[]).filter((event) => 'keyed' in v2Requests[event])
    expect(keyed).toHaveLength(9)
    for (const event of keyed) {
      const answers = new Set<string>()
      for (const workspace_id of ['demo', 'other', 'nowhere', '__proto__', 7, '', null, undefined]) {
        for (const api_key of [
          'wrong',
          '',
          null,
          undefined,
          workspace_id === 'demo' ? keyOf('other').api_key : keyOf('demo').api_key,
        ]) {
          const payload = { ...v2Probes[event](foreign), workspace_id, api_key }
          answers.add(JSON.stringify(await page.ask(event, payload)))
          page.emit(event, payload)
          const [frame, ...more] = await page.heard(1)
          expect(frame).toEqual([
            v2Requests[event].event,
            { data: expect.any(String), status: 'failure', operation: v2Requests[event].operation },
          ])
          expect(more).toEqual([])
        }
      }
      expect([...answers]).toEqual([expect.stringContaining('"code":"unauthenticated"')])
    }
    for (const socket of Object.values(demo)) expect(await socket.heard()).toEqual([])
  })
})
