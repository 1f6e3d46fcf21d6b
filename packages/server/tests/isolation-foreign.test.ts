import { randomUUID } from 'node:crypto'
import { type RequestName, requests } from '@dowellchat/protocol'
import { type V2RequestName, v2Requests } from '@dowellchat/protocol/v2'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { impersonal } from './support/impersonal.ts'
import { type Names, samplesOf, v2SampleOf } from './support/sample-payloads.ts'
import { keyOf, type People, people, workspaces } from './support/two-workspaces.ts'

vi.setConfig({ testTimeout: 300_000 })

/** What the strangers hear of what they make themselves. */
const ofTheirOwn: ReadonlySet<string> = new Set([
  'new_ticket',
  'report_changed',
  'block_changed',
  'presence_changed',
  'room_updated',
  'user_updated',
  'topic_changed',
  'line_manager_changed',
  // Told again by another server: an earlier removal may not have been told.
  'line_manager_removed',
  'canned_answer_changed',
])

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
  const { _id: members } = await agent.request('create_room', {
    kind: 'members',
    members: ['ann'],
    cid: randomUUID(),
  })
  await ann.request('join', { room: members })
  const { invite } = await agent.request('create_invite', { room: members, cid: randomUUID() })
  const foreign: Names = {
    socket: agent.id,
    user: 'agnes',
    room,
    call: callId,
    ticket: ticket._id,
    message: message._id,
    epoch,
    topic: 'only_in_demo',
    members,
    invite,
    key: randomUUID(),
    audit: randomUUID(),
    upload: randomUUID(),
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
    members: `~${randomUUID()}`,
    invite: `~${randomUUID()}.secret`,
    key: randomUUID(),
    audit: randomUUID(),
    upload: randomUUID(),
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
          for (const payload of samplesOf(event, names, randomUUID()))
            answers.push(impersonal(await stranger.ask(event, payload), names))
          return answers
        }
        expect(await answersTo(foreign)).toEqual(await answersTo(missing))
        expect((await stranger.heard()).filter(([name]) => !ofTheirOwn.has(name))).toEqual([])
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
          const payload = { ...keyOf('other'), ...v2SampleOf(event, names) }
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
          for (const payload of samplesOf(event, foreign, randomUUID())) {
            answers.push(JSON.stringify(await stranger.ask(event, { ...payload, workspace_id, api_key })))
          }
        }
      }
      expect([...new Set(answers)]).toEqual([expect.stringContaining('"code":"forbidden"')])
      for (const socket of [stranger, ...Object.values(demo)]) expect(await socket.heard()).toEqual([])
    },
  )

  it('[AU5] is told by a wrong key like a workspace that does not exist, in every request of a page', async () => {
    // What rings in the other workspace meanwhile rings on.
    const chat = await openChat(onTestFinished, { workspaces, limits: { ringMs: 600_000 } })
    const { foreign, demo } = await busyDemo(chat)
    const keyed = (Object.keys(v2Requests) as V2RequestName[]).filter((event) => 'keyed' in v2Requests[event])
    expect(keyed, 'requests of a V2 page with a key').toHaveLength(18)
    for (const event of keyed) {
      // One page with so many wrong keys would be closed.
      const page = await chat.connectV2()
      const answers = new Set<string>()
      for (const workspace_id of ['demo', 'other', 'nowhere', '__proto__', 7, '', null, undefined]) {
        for (const api_key of [
          'wrong',
          '',
          null,
          undefined,
          workspace_id === 'demo' ? keyOf('other').api_key : keyOf('demo').api_key,
        ]) {
          const payload = { ...v2SampleOf(event, foreign), workspace_id, api_key }
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
