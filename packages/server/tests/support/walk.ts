import { randomUUID } from 'node:crypto'
import type { Ticket } from '@dowellchat/protocol'
import { byTheClock, type TestSocket } from '../../src/testing/test-socket.ts'
import { everybody, lineManager, message, product, type ShopFloor } from './shop-floor.ts'

/** One request that writes. `run` resolves once every recipient has its push. */
export interface Step {
  readonly title: string
  readonly run: () => Promise<unknown>
}

/** Every request that writes, from sockets of both dialects, with and without acknowledgement. */
export function walk(floor: ShopFloor): Step[] {
  return [...roomSteps(floor), ...ticketSteps(floor), ...settingSteps(floor), ...callSteps(floor)]
}

function roomSteps({ ann, bob, page, otherPage }: ShopFloor): Step[] {
  const members: Heard[] = [
    [ann, 'entries'],
    [bob, 'entries'],
    [page, 'my_response'],
    [otherPage, 'my_response'],
  ]
  return [
    step('a message', () => ann.request('message_event', message('from ann')), ...members),
    step(
      'a message of a V2 page',
      () => page.emit('message_event', { room_id: 'lobby', message_data: 1 }),
      ...members,
    ),
    step('a new room', () => bob.request('join', { room: 'attic' })),
    step('a new room of a V2 page', () => page.emit('join', { room: 'cellar' }), [page, 'my_response']),
  ]
}

function ticketSteps({
  key,
  ann,
  bob,
  agent,
  admin,
  page,
  otherPage,
  ticket: { _id: ticket_id },
}: ShopFloor): Step[] {
  const watchers: Heard[] = [
    [agent, 'new_ticket'],
    [admin, 'new_ticket'],
    [otherPage, 'new_ticket'],
  ]
  const talkers: Heard[] = [
    [ann, 'entries'],
    [agent, 'entries'],
    [page, 'ticket_message_response'],
  ]
  const text = { ticket_id, message_data: 'how long yet?' }
  // V2 pages hear what people write alone.
  const closers: Heard[] = [
    [ann, 'entries'],
    [agent, 'entries'],
    [ann, 'ticket_updated'],
    [agent, 'ticket_updated'],
    [admin, 'ticket_updated'],
  ]
  let ofPage = ''
  return [
    step(
      "a ticket's message",
      () => ann.request('ticket_message_event', { ...text, cid: randomUUID() }),
      ...talkers,
    ),
    step(
      "a ticket's message of a V2 page",
      () => page.emit('ticket_message_event', { ...key, ...text }),
      ...talkers,
    ),
    step('a ticket', () => bob.request('create_ticket', { product, cid: randomUUID() }), ...watchers),
    {
      title: 'a ticket of a V2 page',
      async run() {
        page.emit('create_ticket', { ...key, user_id: 'v2', product })
        await untilAllHeard(...watchers, [page, 'ticket_response'], [page, 'waiting_time_response'])
        const answer = page.unread.find(([event]) => event === 'ticket_response')?.[1] as {
          data: Ticket
        }
        ofPage = answer.data._id
      },
    },
    step(
      'a ticket that is closed',
      () => agent.request('close_ticket', { ticket_id }),
      ...closers,
      // The line ahead of the other tickets got shorter, which is told of each.
      [page, 'waiting_time_response'],
      [agent, 'ticket_updated', 3],
      [admin, 'ticket_updated', 3],
    ),
    step(
      'a ticket that a V2 page closes',
      () => page.emit('close_ticket', { ...key, ticket_id: ofPage }),
      [page, 'ticket_response'],
      [agent, 'ticket_updated'],
      [admin, 'ticket_updated'],
    ),
  ]
}

function settingSteps({ key, agent, admin, otherPage }: ShopFloor): Step[] {
  const told = (event: string): Heard[] => [
    [agent, event],
    [admin, event],
  ]
  const v2Manager = { ...key, user_id: 'mia', positions_in_a_line: '2', average_serving_time: '4' }
  return [
    step(
      'a topic',
      () => admin.request('create_topic', { name: 'repairs', cid: randomUUID() }),
      ...told('topic_changed'),
    ),
    step(
      'a topic of a V2 page',
      () => otherPage.emit('create_topic', { ...key, name: 'Returns' }),
      [otherPage, 'setting_response'],
      ...told('topic_changed'),
    ),
    step(
      'a line manager',
      () => admin.request('create_line_manager', lineManager('moe')),
      ...told('line_manager_changed'),
    ),
    step(
      'a line manager of a V2 page',
      () => otherPage.emit('create_line_manager', v2Manager),
      [otherPage, 'setting_response'],
      ...told('line_manager_changed'),
    ),
  ]
}

function callSteps({ ann, bob, page, otherPage }: ShopFloor): Step[] {
  const offer = { type: 'offer', sdp: 'v=0' }
  const answer = { type: 'answer', sdp: 'v=0' }
  let callId = ''
  return [
    step('a call', async () => {
      const call = { userToCall: 'bob', signalData: offer, cid: randomUUID() }
      callId = (await ann.request('callUser', call)).callId
    }, [bob, 'callUser']),
    step('an answer', () => bob.request('answerCall', { callId, signal: answer }), [ann, 'callSignal']),
    step('an end', () => ann.request('endCall', { callId }), [bob, 'callEnded']),
    step(
      'a call of a V2 page',
      () =>
        page.emit('callUser', {
          userToCall: otherPage.socket.id,
          signalData: offer,
          from: page.socket.id,
          name: 'P',
        }),
      [otherPage, 'callUser'],
    ),
    step(
      'an answer of a V2 page',
      () => otherPage.emit('answerCall', { signal: answer, to: page.socket.id }),
      [page, 'callAccepted'],
    ),
    step('an end of a V2 page', () => page.emit('endCall', {}), [otherPage, 'callEnded']),
  ]
}

/** How often it is heard, once if that is left out. */
type Heard = readonly [who: TestSocket, event: string, times?: number]

function step(title: string, ask: () => unknown, ...heard: readonly Heard[]): Step {
  return {
    title,
    async run() {
      await ask()
      await untilAllHeard(...heard)
    },
  }
}

async function untilAllHeard(...heard: readonly Heard[]): Promise<void> {
  for (const [who, event, times = 1] of heard) await who.untilHeard(...Array<string>(times).fill(event))
}

/** An acknowledgement or a push, and how long after its request it arrived. */
export interface Arrival {
  readonly step: string
  readonly who: string
  readonly event: string
  readonly afterMs: number
}

/** Runs the steps one after the other, and measures when each answer and push arrived. */
export async function timeWalk(floor: ShopFloor): Promise<Arrival[]> {
  const arrivals: Arrival[] = []
  const people = Object.entries(everybody(floor))
  for (const { title, run } of walk(floor)) {
    const before = new Map(people.map(([who, { arrivals }]) => [who, arrivals.length]))
    for (const [, socket] of people) socket.skip()
    const issuedMs = performance.now()
    await run()
    for (const [who, socket] of people) {
      arrivals.push(
        ...socket.arrivals
          .slice(before.get(who))
          // These tell of earlier steps.
          .filter(({ event }) => !byTheClock.has(event))
          .map(({ event, atMs }) => ({ step: title, who, event, afterMs: atMs - issuedMs })),
      )
    }
  }
  return arrivals
}
