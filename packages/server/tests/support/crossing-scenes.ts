import { randomUUID } from 'node:crypto'
import type { Message, Ticket } from '@dowellchat/protocol'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import type { LoggedFact } from '../../src/delivery/reaches.ts'
import type { Frame, TestChat, TestSocket } from '../../src/testing/connect.ts'
import { makeLineManager } from './ticket-line.ts'

const key = { workspace_id: 'demo', api_key: 'demo-key' }

/** What the two servers need for the people below. */
export const crossingOptions: Partial<ChatServerOptions> = { v2: { workspace: 'demo' } }

/** People of one workspace on two servers, and those who must hear nothing of it. */
export interface Cast {
  /** An admin, a customer. */
  readonly east: { readonly root: TestSocket; readonly ann: TestSocket }
  readonly west: {
    readonly mia: TestSocket
    /** Another admin. */
    readonly zoe: TestSocket
    readonly annPhone: TestSocket
    readonly ben: TestSocket
    /** A page of V2's, which has asked for topics. */
    readonly desk: TestSocket
    /** A page of V2's without identity. */
    readonly page: TestSocket
  }
  readonly strangers: readonly TestSocket[]
  /** A topic. */
  readonly product: string
}

export async function castOf(east: TestChat, west: TestChat): Promise<Cast> {
  const desk = await west.connectV2()
  desk.emit('get_all_topics', key)
  await desk.untilHeard('setting_response')
  const other = { workspace_id: 'other', api_key: 'other-key', role: 'admin' }
  const cast = {
    east: { root: await east.connect('root', { role: 'admin' }), ann: await east.connect('ann') },
    west: {
      mia: await west.connect('mia', { role: 'agent' }),
      zoe: await west.connect('zoe', { role: 'admin' }),
      annPhone: await west.connect('ann'),
      ben: await west.connect('ben'),
      desk,
      page: await west.connectV2(),
    },
    strangers: [
      await west.connect('eve'),
      await west.connect('root', other),
      await west.connect('ann', { ...other, role: 'customer' }),
      await west.connectV2({ protocol: undefined }),
    ],
    product: randomUUID(),
  }
  // After all have come: they expect to be greeted first.
  await cast.east.root.request('create_topic', { name: cast.product, cid: randomUUID() })
  await makeLineManager(cast.east.root, 1)
  return cast
}

const cid = () => randomUUID()

/** Waits for a frame of V2's. */
async function frame(socket: TestSocket, matches: (frame: Frame) => boolean): Promise<void> {
  const { vi } = await import('vitest')
  await vi.waitFor(
    () => {
      if (!socket.frames.some(matches)) throw new Error(`It did not come: ${JSON.stringify(socket.frames)}`)
    },
    { timeout: 15_000, interval: 10 },
  )
}

function createTicket({ east: { ann }, product }: Cast) {
  return ann.request('create_ticket', { product, cid: cid() })
}

/** Something that happens on one server, and what those on the other one hear of it: each fact of the log, in each dialect that knows it. */
export const scenes: { readonly [K in LoggedFact]: (cast: Cast) => Promise<void> } = {
  async topic_changed({ east, west }) {
    const topic = await east.root.request('create_topic', { name: cid(), cid: cid() })
    await west.mia.first('topic_changed', ({ data }) => JSON.stringify(data) === JSON.stringify(topic))
  },

  async line_manager_changed({ east, west }) {
    const user_id = cid()
    const rank = { positions_in_a_line: 9, average_serving_time: 1, is_unmanaged: true, capacity: 1 }
    await east.root.request('create_line_manager', { user_id, ...rank, cid: cid() })
    await west.mia.first('line_manager_changed', ({ data }) => data.user_id === user_id)
  },

  async line_manager_removed({ east, west }) {
    const user_id = cid()
    // Nobody who takes tickets: those of other scenes would come and go.
    const manager = {
      user_id,
      positions_in_a_line: 9,
      average_serving_time: 4,
      cid: cid(),
    }
    await east.root.request('create_line_manager', manager)
    await east.root.request('remove_line_manager', { user_id })
    await west.mia.first('line_manager_removed', (removed) => removed.user_id === user_id)
  },

  async canned_answer_changed({ east, west }) {
    const title = cid()
    const { _id } = await east.root.request('create_canned_answer', { title, text: 'Hello', cid: cid() })
    await west.mia.first(
      'canned_answer_changed',
      ({ answer_id, answer }) => answer_id === _id && answer !== null,
    )
    await east.root.request('delete_canned_answer', { answer_id: _id })
    await west.mia.first(
      'canned_answer_changed',
      ({ answer_id, answer }) => answer_id === _id && answer === null,
    )
  },

  async new_ticket(cast) {
    const { _id } = await createTicket(cast)
    await cast.west.mia.first('new_ticket', ({ data }) => data._id === _id)
    await frame(
      cast.west.desk,
      ([event, sent]) => event === 'new_ticket' && JSON.stringify(sent).includes(_id),
    )
  },

  async ticket_updated(cast) {
    const { _id: ticket_id } = await createTicket(cast)
    await cast.east.root.request('close_ticket', { ticket_id })
    for (const one of [cast.west.mia, cast.west.annPhone])
      await one.first('ticket_updated', ({ data }) => data._id === ticket_id && data.is_closed)
  },

  async waiting_time_changed(cast) {
    // Some of them have the same line manager.
    const made = await Promise.all(Array.from({ length: 5 }, () => createTicket(cast)))
    // In the order of their line, which is not that in which they were asked for.
    const tickets = made.toSorted((one, other) => (one._id < other._id ? -1 : 1))
    const last = tickets.findLast((one, at) => tickets.slice(0, at).some(isBefore(one)))
    const first = tickets.find(isBefore(last))
    if (!first || !last) throw new Error('Nobody waits')
    const { _id } = last
    const { page, annPhone, mia } = cast.west
    // A server that hears of a ticket only after its time has moved does not say that it has.
    await mia.first('new_ticket', ({ data }) => data._id === _id)
    const comes = (event: string, after: number) =>
      frame(page, (one) => page.frames.indexOf(one) >= after && one[0] === event)
    const beforeSent = page.frames.length
    page.emit('ticket_message_event', { ...key, user_id: 'ann', ticket_id: _id, message_data: 'hello' })
    // This page's own, and not that of an earlier scene: its server tells it of the ticket from then on.
    await comes('ticket_message_response', beforeSent)
    const beforeClosed = page.frames.length
    await cast.east.root.request('close_ticket', { ticket_id: first._id })
    await annPhone.first('ticket_updated', ({ data }) => data._id === _id)
    await comes('waiting_time_response', beforeClosed)
  },

  async room_updated({ east, west }) {
    const { _id } = await east.ann.request('create_room', { kind: 'members', members: ['ben'], cid: cid() })
    await west.ben.first('room_updated', ({ data }) => data._id === _id)
    await east.ann.request('update_room', { room: _id, title: 'another' })
    await west.ben.first('room_updated', ({ data }) => data._id === _id && data.title === 'another')
  },

  async member_changed({ east, west }) {
    const { _id } = await east.ann.request('create_room', { kind: 'members', members: [], cid: cid() })
    const changed = (role: string | null) =>
      west.ben.first('member_changed', ({ room, changes }) =>
        changes.some((one) => room === _id && one.user_id === 'ben' && one.role === role),
      )
    await east.ann.request('add_members', { room: _id, members: ['ben'] })
    await changed('member')
    await east.ann.request('remove_members', { room: _id, members: ['ben'] })
    await changed(null)
    await east.ann.request('add_members', { room: _id, members: ['mia'] })
    await east.ann.request('close_room', { room: _id })
    await west.mia.first('member_changed', ({ room, changes }) =>
      changes.some((one) => room === _id && one.user_id === 'mia' && one.role === null),
    )
  },

  async room_closing({ east, west }) {
    const room = cid()
    await west.ben.request('join', { room })
    west.page.emit('join', { room })
    await frame(west.page, ([, data]) => JSON.stringify(data ?? null).includes(room))
    await east.root.request('close_room', { room })
    await frame(west.page, ([, data]) => JSON.stringify(data ?? null).includes(`Room ${room} is closing.`))
    await west.ben.first('room_updated', ({ data }) => data._id === room && data.closed_at !== null)
    await expectEnded(room, east.ann, west.ben)
  },

  async user_updated({ east, west }) {
    const name = cid()
    await west.ben.request('get_users', { user_ids: ['ann'] })
    await east.ann.request('update_me', { name })
    for (const one of [west.annPhone, west.ben])
      await one.first('user_updated', ({ data }) => data.user_id === 'ann' && data.name === name)
  },

  async block_changed({ east, west }) {
    const user_id = cid()
    const changed = (is_blocked: boolean) =>
      west.annPhone.first('block_changed', (one) => one.user_id === user_id && one.is_blocked === is_blocked)
    await east.ann.request('block_user', { user_id })
    await changed(true)
    await east.ann.request('unblock_user', { user_id })
    await changed(false)
  },

  async report_changed({ east, west }) {
    const { report_id } = await east.ann.request('report', { user_id: 'eve', reason: 'Spam', cid: cid() })
    await west.zoe.first('report_changed', ({ data }) => data._id === report_id)
    await east.root.request('resolve_report', { report_id })
    await west.zoe.first('report_changed', ({ data }) => data._id === report_id && data.resolved_at !== null)
    await west.mia.settle()
    if (west.mia.frames.some(([event]) => event === 'report_changed'))
      throw new Error('Agents hear of no reports')
  },
}

function isBefore(one: Ticket | undefined): (other: Ticket) => boolean {
  return (other) => one !== undefined && other._id !== one._id && other.line_manager === one.line_manager
}

/** Nobody who was in the room before it was closed hears what is said in it then. */
async function expectEnded(room: string, speaker: TestSocket, former: TestSocket): Promise<void> {
  const heard = (): Message[] =>
    former.frames.flatMap(([event, data]) =>
      event === 'entries' && JSON.stringify(data).includes(room) ? [data as Message] : [],
    )
  await speaker.request('message_event', { room_id: room, message_data: 'is anybody there?', cid: cid() })
  await former.settle()
  if (heard().length > 0) throw new Error('The room is closed, and still heard')
}
