import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadsOf, message, newTicket, updated, withLine } from '../../../tests/support/ticket-line.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../../stores/store.ts'
import { messagesIn } from '../../testing/connect.ts'

describe('closing', () => {
  it('[TK3] closes once, and tells the customer, agents and whoever joined', async () => {
    const { chat, admin } = await withLine([null])
    const [ann, annsPhone, agent] = [
      await chat.connect('ann'),
      await chat.connect('ann'),
      await chat.connect('agent', { role: 'agent' }),
    ]
    const ticket = await ann.request('create_ticket', newTicket())
    await ann.request('join_ticket', { ticket_id: ticket._id })
    await admin.heard(1)
    await agent.heard(1)

    const closing = await agent.request('close_ticket', { ticket_id: ticket._id })
    const again = await admin.request('close_ticket', { ticket_id: ticket._id })

    const { updated_at } = closing.ticket
    const state = 'closed'
    const closed = {
      ...ticket,
      state,
      is_closed: true,
      updated_at,
      closed_at: updated_at,
      waiting_time: null,
    }
    expect(closing).toEqual({ ticket: closed, closed_now: true })
    expect(again).toEqual({ ticket: closed, closed_now: false })
    const heard = await ann.heard(2)
    expect(heard.filter(([event]) => event === 'ticket_updated')).toEqual([updated(closed)])
    expect(messagesIn(heard)).toMatchObject([
      {
        kind: 'closed',
        message_data: 'Ticket Closed',
        author: 'agent',
        seq: 1,
        nth: 1,
        ticket_id: ticket._id,
        product: 'sales',
      },
    ])
    expect(heard).toHaveLength(2)
    for (const socket of [annsPhone, agent, admin]) expect(await socket.heard(1)).toEqual([updated(closed)])
    expect(await loadsOf(admin)).toEqual([0])
  })

  it('[TK3] has one entry and one winner of many that close at once', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const agents = await Promise.all([1, 2, 3, 4].map((n) => chat.connect(`agent-${n}`, { role: 'agent' })))
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const closings = await Promise.all(
      [ann, ...agents].map((one) => one.request('close_ticket', { ticket_id })),
    )
    expect(closings.filter(({ closed_now }) => closed_now)).toHaveLength(1)
    expect(new Set(closings.map(({ ticket }) => JSON.stringify(ticket))).size).toBe(1)
    expect(await ann.request('get_ticket_messages', { ticket_id })).toHaveLength(1)
    expect(await loadsOf(admin)).toEqual([0])
  })

  it('[TK3] is told once where two close at once and the later one writes the entry', async () => {
    const embedded = await embeddedStore({ path: ':memory:' })
    let second: Promise<unknown> | undefined
    const move: Store['tickets']['move'] = async (...args) => {
      const done = await embedded.tickets.move(...args)
      // Between the first one's move and its entry.
      if (!second) {
        second = agent.request('close_ticket', { ticket_id: args[1] })
        await second
      }
      return done
    }
    const store = { ...embedded, tickets: { ...embedded.tickets, move } }
    const { chat, admin } = await withLine([null], { store })
    const [ann, agent] = [await chat.connect('ann'), await chat.connect('agent', { role: 'agent' })]
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    await ann.heard()

    const first = await admin.request('close_ticket', { ticket_id })

    expect(first.closed_now).toBe(true)
    expect(await second).toMatchObject({ closed_now: false })
    const entries = await ann.request('get_ticket_messages', { ticket_id })
    expect(entries).toMatchObject([{ kind: 'closed', author: 'root' }])
    expect((await ann.heard()).filter(([event]) => event === 'ticket_updated')).toHaveLength(1)
  })

  it('[TK4] leaves a ticket that can be read and not written into', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const sent = await ann.request('ticket_message_event', message(ticket_id, 'help'))
    await admin.request('close_ticket', { ticket_id })

    expect(await admin.refusal('ticket_message_event', message(ticket_id, 'thanks'))).toBe('ticket_closed')
    expect(await ann.request('join_ticket', { ticket_id })).toMatchObject({
      entries: [sent, { kind: 'closed' }],
    })
    expect(await ann.request('get_ticket_messages', { ticket_id })).toMatchObject([sent, { kind: 'closed' }])
  })

  it('[CT4, TK4] answers a message that was stored before with that message, also once its ticket is closed', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const help = message(ticket_id, 'help')
    const sent = await ann.request('ticket_message_event', help)
    await admin.request('close_ticket', { ticket_id })
    expect(await ann.ask('ticket_message_event', help)).toMatchObject({ status: 'success', data: sent })
  })
})

describe('what is cut off half-way', () => {
  /** A store that fails in one place while `isDown`, either before or after it has written. */
  async function failingStore(at: 'the entry' | "the entry's answer" | 'the target' | 'the line') {
    const embedded = await embeddedStore({ path: ':memory:' })
    const failing = { isDown: false }
    const failIf = (place: typeof at) => {
      if (failing.isDown && place === at) throw new StoreUnavailableError(`${place} is lost`)
    }
    const append: Store['streams']['append'] = async (key, drafts) => {
      failIf('the entry')
      const stored = await embedded.streams.append(key, drafts)
      failIf("the entry's answer")
      return stored
    }
    const assignWaiting: Store['tickets']['assignWaiting'] = async (workspaceId) => {
      failIf('the line')
      return embedded.tickets.assignWaiting(workspaceId)
    }
    const get: Store['topics']['get'] = async (workspaceId, name) => {
      failIf('the target')
      return embedded.topics.get(workspaceId, name)
    }
    const store: Store = {
      ...embedded,
      topics: { ...embedded.topics, get },
      streams: { ...embedded.streams, append },
      tickets: { ...embedded.tickets, assignWaiting },
    }
    return { failing, options: { store, logger: { info() {}, warn() {}, error() {} } } }
  }

  it.each(['the entry', "the entry's answer", 'the target'] as const)(
    '[TK3] is told though it is cut off, and completed by closing again, with one entry and for the next in line: %s',
    async (place) => {
      const { failing, options } = await failingStore(place)
      const { chat, admin } = await withLine([1], options)
      await admin.request('update_topic', { name: 'sales', targets: { first_answer: 5, solved: null } })
      const ann = await chat.connect('ann')
      const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
      const waiting = await ann.request('create_ticket', newTicket())
      await admin.heard(3)

      failing.isDown = true
      expect(await admin.refusal('close_ticket', { ticket_id })).toBe('unavailable')
      failing.isDown = false
      const closed = { data: expect.objectContaining({ _id: ticket_id, is_closed: true }) }
      expect((await ann.heard(1)).map(([, data]) => data)).toContainEqual(closed)
      const { ticket } = await admin.request('close_ticket', { ticket_id })

      expect(ticket.target).toBeNull()
      expect(await ann.request('get_ticket_messages', { ticket_id })).toMatchObject([{ kind: 'closed' }])
      expect(await loadsOf(admin)).toEqual([1])
      // By the second close, or by itself before it.
      await ann.first(
        'ticket_updated',
        ({ data }) => data._id === waiting._id && data.line_manager === 'manager-1',
      )
    },
  )

  it('[TK3] is answered as closed where only the line cannot be looked at, and who waits is taken soon', async () => {
    const { failing, options } = await failingStore('the line')
    const { chat, admin } = await withLine([1], options)
    const ann = await chat.connect('ann')
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const waiting = await ann.request('create_ticket', newTicket())

    failing.isDown = true
    expect(await admin.request('close_ticket', { ticket_id })).toMatchObject({ closed_now: true })
    failing.isDown = false

    await ann.first(
      'ticket_updated',
      ({ data }) => data._id === waiting._id && data.line_manager === 'manager-1',
    )
  })

  it('[TK2] is completed by making the line manager again: who waits is taken', async () => {
    const { failing, options } = await failingStore('the line')
    const { chat, admin } = await withLine([], options)
    const ann = await chat.connect('ann')
    await ann.request('create_ticket', newTicket())
    const manager = {
      user_id: 'max',
      positions_in_a_line: 1,
      average_serving_time: 4,
      is_unmanaged: true,
      cid: randomUUID(),
    }
    failing.isDown = true
    expect(await admin.refusal('create_line_manager', manager)).toBe('unavailable')
    failing.isDown = false
    expect(await admin.request('create_line_manager', manager)).toMatchObject({ ticket_count: 1 })
    expect(await loadsOf(admin)).toEqual([1])
  })
})
