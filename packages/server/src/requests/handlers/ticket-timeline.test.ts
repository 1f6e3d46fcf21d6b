import { randomUUID } from 'node:crypto'
import { isMessage, type Message, type Ticket } from '@dowellchat/protocol'
import { describe, expect, it, vi } from 'vitest'
import { eraseAll, exportAll, operatorAuth } from '../../../tests/support/erasing.ts'
import { answer, callTo, goAway, offer } from '../../../tests/support/phones.ts'
import { message, newTicket, withLine } from '../../../tests/support/ticket-line.ts'
import type { ChatServerOptions } from '../../chat-server.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../../stores/store.ts'
import { messagesIn, type TestSocket } from '../../testing/connect.ts'

async function scene(options: Partial<ChatServerOptions> = {}) {
  const { chat, admin } = await withLine([null, null], options)
  const ann = await chat.connect('ann', { name: 'Ann' })
  const mia = await chat.connect('manager-1', { role: 'agent', name: 'Mia' })
  const max = await chat.connect('manager-2', { role: 'agent', name: 'Max' })
  const ticket = await ann.request('create_ticket', newTicket())
  await ann.request('join_ticket', { ticket_id: ticket._id })
  // Who has just come is noted behind.
  const user_ids = ['ann', 'manager-1', 'manager-2']
  await expect.poll(async () => (await admin.request('get_users', { user_ids })).users.length).toBe(3)
  return { chat, admin, ann, mia, max, ticket, ticket_id: ticket._id }
}

/** The whole conversation. */
async function told(socket: TestSocket, ticketId: string): Promise<Message[]> {
  const { entries } = await socket.request('get_messages', { stream: `ticket:${ticketId}`, after: 0 })
  return entries.filter(isMessage)
}

async function texts(socket: TestSocket, ticketId: string): Promise<string[]> {
  return (await told(socket, ticketId)).map(({ message_data }) => message_data)
}

describe('what happens to a ticket', () => {
  it('[TL3] is in its conversation, in words and as a fact, for those who have joined it', async () => {
    const { admin, ann, mia, ticket_id } = await scene()
    await ann.heard()
    await admin.request('create_topic', { name: 'late_delivery', cid: randomUUID() })
    await mia.request('assign_ticket', { ticket_id, line_manager: 'manager-2' })
    await mia.request('hold_ticket', { ticket_id, is_on_hold: true, reason: 'Waits for the shop' })
    await mia.request('hold_ticket', { ticket_id, is_on_hold: false })
    await mia.request('transfer_ticket', { ticket_id, product: 'late_delivery' })
    await mia.request('close_ticket', { ticket_id })
    await ann.request('reopen_ticket', { ticket_id })

    const all = await told(ann, ticket_id)
    const said = all.map(({ kind, message_data }) => [kind, message_data])
    expect(said.slice(0, 4)).toEqual([
      ['transferred', 'Passed on to Max'],
      ['held', 'On hold: Waits for the shop'],
      ['resumed', 'No longer on hold'],
      ['transferred', 'Passed on to Late delivery'],
    ])
    expect(said.filter(([kind]) => kind === 'closed' || kind === 'reopened')).toEqual([
      ['closed', 'Ticket Closed'],
      ['reopened', 'Reopened'],
    ])
    expect(all[0]).toMatchObject({
      author: 'manager-1',
      display_name: 'Mia',
      fact: { line_manager: 'manager-2', from: 'manager-1' },
    })
    expect(all[1]?.fact).toMatchObject({ reason: 'Waits for the shop' })
    expect(all[3]?.fact).toMatchObject({ product: 'late_delivery', from: 'manager-2' })
    await expect.poll(() => messagesIn(ann.frames).map(({ _id }) => _id)).toEqual(all.map(({ _id }) => _id))
  })

  it('[TL3] tells nothing of what has changed nothing, nor of the first who gets a new ticket', async () => {
    const { ann, mia, ticket, ticket_id } = await scene()
    expect(ticket.line_manager).not.toBeNull()
    const expected = ticket.line_manager as string
    await mia.request('assign_ticket', { ticket_id, line_manager: expected })
    await mia.request('hold_ticket', { ticket_id, is_on_hold: false })
    expect(await texts(ann, ticket_id)).toEqual([])
    for (const _ of [1, 2]) await mia.request('hold_ticket', { ticket_id, is_on_hold: true })
    expect(await texts(ann, ticket_id)).toEqual(['On hold'])
  })

  it('[TL4] gives V2 pages neither the entries nor their texts', async () => {
    const { chat, ann, mia, ticket_id } = await scene()
    const old = await chat.connectV2()
    const session = { workspace_id: 'demo', api_key: 'demo-key' }
    old.emit('get_ticket_messages', { ...session, ticket_id, product: 'sales' })
    await old.untilHeard('ticket_message_response')
    old.skip()
    await mia.request('hold_ticket', { ticket_id, is_on_hold: true })
    await mia.request('ticket_message_event', message(ticket_id, 'Soon'))
    await old.untilHeard('ticket_message_response')
    await old.settle()
    expect(JSON.stringify(old.frames)).not.toContain('On hold')
    old.emit('get_ticket_messages', { ...session, ticket_id, product: 'sales' })
    await old.settle()
    const last = old.frames.at(-1)?.[1] as { data: { message_data: string }[] }
    expect(last.data.map(({ message_data }) => message_data)).toEqual(['Soon'])
    expect((await texts(ann, ticket_id)).slice(0, 2)).toEqual(['On hold', 'Soon'])
  })

  it('[TL4] lets a page of V2 hear the first message that it writes', async () => {
    const { chat, ticket_id } = await scene()
    const old = await chat.connectV2()
    const session = { workspace_id: 'demo', api_key: 'demo-key', user_id: 'manager-1' }
    old.emit('ticket_message_event', { ...session, ticket_id, product: 'sales', message_data: 'Good day' })
    await old.untilHeard('ticket_message_response')
    expect(JSON.stringify(old.frames)).toContain('Good day')
  })

  it('[TL5] tells of a call that was started from it, once it has ended', async () => {
    const { ann, mia, max, ticket, ticket_id } = await scene()
    const manager = ticket.line_manager === 'manager-1' ? mia : max
    const other = ticket.line_manager as string
    const call = (userToCall: string, more: object = {}) => {
      return { userToCall, signalData: offer, ticket_id, cid: randomUUID(), ...more }
    }
    const { callId } = await ann.request('callUser', call(other))
    await manager.request('answerCall', { callId, signal: answer })
    await ann.request('endCall', { callId })
    await expect.poll(async () => (await told(mia, ticket_id)).length).toBe(1)
    const [first] = await told(mia, ticket_id)
    expect(first).toMatchObject({ kind: 'called', author: 'ann', display_name: 'Ann' })
    expect(first?.fact).toEqual({ call_id: callId, duration_ms: expect.any(Number) })
    expect(first?.message_data).toMatch(/^Call, \d+ s$/)

    const { callId: missed } = await manager.request('callUser', call('ann'))
    await manager.request('endCall', { callId: missed })
    await expect.poll(async () => (await texts(mia, ticket_id)).at(-1)).toBe('Call, not answered')
    expect(await ann.refusal('callUser', call(other, { ticket_id: 'another' }))).toBe('not_found')
  })

  it('[TL5] tells of a call to somebody who is away, also where they have blocked the caller', async () => {
    const { admin, ann, mia, max, ticket_id } = await scene()
    await ann.request('block_user', { user_id: 'manager-2' })
    await goAway(ann, 'ann', admin)
    for (const [nth, caller] of [mia, max].entries()) {
      const call = { ...callTo('ann'), ticket_id }
      for (const _try of [1, 2]) expect(await caller.refusal('callUser', call)).toBe('not_found')
      await expect.poll(async () => (await texts(mia, ticket_id)).length).toBe(nth + 1)
    }
    const called = (await told(mia, ticket_id)).map(({ author, message_data }) => [author, message_data])
    expect(called).toEqual([
      ['manager-1', 'Call, not answered'],
      ['manager-2', 'Call, not answered'],
    ])
  })

  /** A store that fails to keep what is told of a call, so many times. */
  async function forgetful(error: Error, times: number): Promise<Store> {
    const store = await embeddedStore({ path: ':memory:' })
    let left = times
    const append: Store['streams']['append'] = async (key, drafts) => {
      if (drafts.some(({ kind }) => kind === 'called') && left-- > 0) throw error
      return store.streams.append(key, drafts)
    }
    return { ...store, streams: { ...store.streams, append } }
  }
  // The failures are meant.
  const logger = { info: () => {}, warn: () => {}, error: () => {} }

  it('[TL5] tells of a call as soon as a store that was unavailable at its end answers again', async () => {
    const store = await forgetful(new StoreUnavailableError('The disk is full'), 2)
    const { ann, ticket, ticket_id } = await scene({ store, logger })
    const call = { ...callTo(ticket.line_manager as string), ticket_id }
    const { callId } = await ann.request('callUser', call)
    await ann.request('endCall', { callId })
    await expect.poll(() => texts(ann, ticket_id)).toEqual(['Call, not answered'])
  })

  it('[TL5] tells of a call once its end is repeated, where that had failed the first time', async () => {
    const { ann, mia, max, ticket, ticket_id } = await scene({
      store: await forgetful(new Error('The disk is broken'), 1),
      logger,
    })
    const callee = ticket.line_manager === 'manager-1' ? mia : max
    const { callId } = await ann.request('callUser', { ...callTo(ticket.line_manager as string), ticket_id })
    await ann.request('endCall', { callId })
    await ann.settle()
    expect(await texts(ann, ticket_id)).toEqual([])
    for (const one of [ann, callee]) await one.request('endCall', { callId })
    await expect.poll(() => texts(ann, ticket_id)).toEqual(['Call, not answered'])
  })
})

describe('a rating', () => {
  it('[TL6] is given by the customer, once the ticket has been closed, and can be changed', async () => {
    const { ann, mia, ticket_id } = await scene()
    expect(await ann.refusal('rate_ticket', { ticket_id, score: 5 })).toBe('conflict')
    await mia.request('close_ticket', { ticket_id })
    await mia.heard()
    expect(await mia.refusal('rate_ticket', { ticket_id, score: 5 })).toBe('forbidden')
    const first = await ann.request('rate_ticket', { ticket_id, score: 2 })
    expect(first.rating).toEqual({ score: 2, comment: null, rated_at: expect.any(String) })
    expect(await ann.request('rate_ticket', { ticket_id, score: 2 })).toEqual(first)
    const second = await ann.request('rate_ticket', { ticket_id, score: 5, comment: 'Thank you' })
    expect(second.rating).toMatchObject({ score: 5, comment: 'Thank you' })
    await mia.first('ticket_updated', ({ data }) => data.rating?.score === 5)
    expect((await texts(mia, ticket_id)).slice(-2)).toEqual(['Rated 2 of 5', 'Rated 5 of 5: Thank you'])
    expect((await told(mia, ticket_id)).at(-1)).toMatchObject({
      kind: 'rated',
      author: 'ann',
      fact: { score: 5 },
    })
  })
})

describe('notes', () => {
  const note = (text: string) => ({ message_data: text, cid: randomUUID() })

  async function send(socket: TestSocket, ticketId: string, text: string): Promise<Message> {
    const stream = `notes:${ticketId}`
    const { results } = await socket.request('send_messages', { stream, messages: [note(text)] })
    const [result] = results
    if (!result || 'error' in result) throw new Error(JSON.stringify(result))
    return result.message
  }

  it('[TL7] are a stream of their own, which agents and admins write, change and hear', async () => {
    const { admin, mia, max, ticket_id } = await scene()
    const stream = `notes:${ticket_id}`
    expect(await mia.request('join_notes', { ticket_id })).toMatchObject({ stream, entries: [] })
    await mia.heard()
    const { seq, _id: message_id } = await send(max, ticket_id, 'A difficult one')
    expect(messagesIn(await mia.heard(1))).toMatchObject([{ _id: message_id, stream, author: 'manager-2' }])
    const edit = { stream, seq, message_id, message_data: 'An interesting one', cid: randomUUID() }
    await max.request('edit_message', edit)
    await mia.request('react', { stream, seq, message_id, reaction: '👍', cid: randomUUID() })
    const { entries } = await admin.request('get_messages', { stream, after: 0 })
    expect(entries).toMatchObject([{ message_data: 'An interesting one', reactions: [{ count: 1 }] }])
    await mia.request('close_ticket', { ticket_id })
    await send(mia, ticket_id, 'Done')
    await mia.request('leave_notes', { ticket_id })
    await mia.heard()
    await send(max, ticket_id, 'Unheard')
    await mia.settle()
    expect(messagesIn(await mia.heard())).toEqual([])
    const place = { stream, seq, message_id, cid: randomUUID() }
    expect(await mia.refusal('start_thread', place)).toBe('conflict')
  })

  it('[TL7] are there for no customer, in whatever way they ask', async () => {
    const { chat, ann, mia, ticket_id } = await scene()
    const stream = `notes:${ticket_id}`
    const { seq, _id: message_id } = await send(mia, ticket_id, 'About Ann')
    const target = { stream, seq, message_id }
    expect(await ann.refusal('join_notes', { ticket_id })).toBe('forbidden')
    expect(await ann.refusal('get_messages', { stream, after: 0 })).toBe('not_found')
    const position = { epoch: randomUUID(), seq: 0, id: '' }
    expect(await ann.refusal('get_entries', { stream, position: { ...position, id: 'x' } })).toBe('not_found')
    expect(await ann.refusal('react', { ...target, reaction: '👍', cid: randomUUID() })).toBe('not_found')
    expect(await ann.refusal('mark_read', { stream, nth: 1 })).toBe('not_found')
    expect(await ann.refusal('typing', { stream, is_typing: true })).toBe('not_found')
    expect(await ann.refusal('join_thread', { thread: message_id })).toBe('not_found')
    expect(await ann.refusal('send_messages', { stream, messages: [note('x')] })).toBe('not_found')
    const eve = await chat.connect('eve')
    expect(await eve.refusal('get_messages', { stream, after: 0 })).toBe('not_found')
    await ann.settle()
    expect(JSON.stringify(ann.frames)).not.toContain('About Ann')
    const far = await chat.connect('root', { role: 'admin', workspace_id: 'other', api_key: 'other-key' })
    expect(await far.refusal('join_notes', { ticket_id })).toBe('not_found')
  })

  it('[TL8] are neither searched nor exported for the customer, and erased with them', async () => {
    const [store, keyPepper] = [await embeddedStore({ path: ':memory:' }), 'pepper of the tests, long enough']
    const workspaces = [{ id: 'demo', keys: ['demo-key'], search: true }]
    const { chat, admin, ann, mia, ticket_id } = await scene({ workspaces, store, keyPepper })
    const operator = await chat.connect('ops', await operatorAuth(store, keyPepper, ['export', 'erase']))
    const mentions = [{ user_id: 'ann', start: 0, end: 4 }]
    const message = { message_data: '@Ann lives in Xanadu', mentions, cid: randomUUID() }
    await mia.request('send_messages', { stream: `notes:${ticket_id}`, messages: [message] })
    await ann.request('ticket_message_event', { ticket_id, message_data: 'Hello', cid: randomUUID() })
    for (const socket of [ann, mia, admin])
      expect((await socket.request('search', { text: 'Xanadu' })).hits).toEqual([])
    const exported = JSON.stringify(await exportAll(operator, 'ann'))
    expect(exported).toContain('Hello')
    expect(exported).not.toContain('notes:')
    expect(JSON.stringify(await exportAll(operator, 'manager-1'))).toContain('Xanadu')
    await eraseAll(operator, 'ann')
    const { entries } = await admin.request('get_messages', { stream: `notes:${ticket_id}`, after: 0 })
    expect(entries).toMatchObject([{ kind: 'removed', reason: 'erased', message_data: '' }])
  })
})

describe('a transcript', () => {
  it('[TL9] has the conversation as text and as JSON, a part at a time', async () => {
    const { ann, mia, ticket_id } = await scene()
    await ann.request('update_ticket', { ticket_id, subject: 'A late parcel' })
    await ann.request('ticket_message_event', message(ticket_id, 'Hello\nis anybody there?'))
    for (let n = 0; n < 250; n++) await mia.request('ticket_message_event', message(ticket_id, `Line ${n}`))
    const at = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC'
    const first = await ann.request('get_transcript', { ticket_id, format: 'text' })
    expect(first.text).toMatch(
      new RegExp(
        `^A late parcel\nAnn, Sales, ${at}\n\n${at} Ann: Hello\n    is anybody there\\?\n${at} Mia: Line 0\n`,
      ),
    )
    const rest = await mia.request('get_transcript', { ticket_id, format: 'text', after: first.next ?? 0 })
    expect(rest.text).toMatch(/^\d{4}-.* Mia: Line \d+\n/)
    expect(rest.next).toBeNull()
    expect((first.text + rest.text).split('\n').filter((line) => /Mia: Line/.test(line))).toHaveLength(250)
    const json = await ann.request('get_transcript', { ticket_id, format: 'json' })
    const [line = ''] = json.text.split('\n')
    expect(JSON.parse(line)).toMatchObject({ type: 'message', author: 'ann' })
  })

  it('[TL9] is for those who may read the conversation, and empty while there is none', async () => {
    const { chat, mia, ticket_id } = await scene()
    const eve = await chat.connect('eve')
    expect(await eve.refusal('get_transcript', { ticket_id, format: 'text' })).toBe('not_found')
    const none = await mia.request('get_transcript', { ticket_id, format: 'json' })
    expect(none).toEqual({ text: '', next: null })
  })
})

describe('what a topic promises', () => {
  const minutes = (ticket: Ticket) =>
    ticket.target && (Date.parse(ticket.target.due_at) - Date.parse(ticket.enqueued_at)) / 60_000

  it('[TL10] says what is due next: the first answer, then that it is solved, then nothing', async () => {
    const { admin, ann, mia } = await scene()
    await admin.request('update_topic', { name: 'sales', targets: { first_answer: 5, solved: 60 } })
    const made = await ann.request('create_ticket', newTicket())
    const { _id: ticket_id } = made
    expect([made.target?.kind, minutes(made)]).toEqual(['first_answer', 5])
    await mia.request('ticket_message_event', message(ticket_id, 'Hello'))
    await expect
      .poll(async () => (await ann.request('get_ticket', { ticket_id })).target?.kind)
      .toBe('solved')
    expect(minutes(await ann.request('get_ticket', { ticket_id }))).toBe(60)
    const { ticket: closed } = await mia.request('close_ticket', { ticket_id })
    expect(closed.target).toBeNull()
  })

  it('[TL10] is nothing of a ticket that was closed while its answer set the next', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    const held: (() => void)[] = []
    const update: typeof store.tickets.update = async (...args) => {
      if (args[2].target?.kind === 'solved') await new Promise<void>((goOn) => held.push(goOn))
      return store.tickets.update(...args)
    }
    const { admin, ann, mia } = await scene({ store: { ...store, tickets: { ...store.tickets, update } } })
    await admin.request('update_topic', { name: 'sales', targets: { first_answer: 5, solved: 60 } })
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const answering = mia.request('ticket_message_event', message(ticket_id, 'Hello'))
    await expect.poll(() => held.length).toBe(1)
    await admin.request('close_ticket', { ticket_id })
    held[0]?.()
    await answering
    expect(await ann.request('get_ticket', { ticket_id })).toMatchObject({ state: 'closed', target: null })
  })

  it.each([true, false])('[TL10] is set by few calls, whether the store keeps it: %s', async (isKept) => {
    const store = await embeddedStore({ path: ':memory:' })
    const calls: string[] = []
    const get: typeof store.topics.get = (...args) => {
      calls.push('get')
      return store.topics.get(...args)
    }
    const update: typeof store.tickets.update = (workspaceId, ticketId, change) => {
      calls.push('update')
      return store.tickets.update(workspaceId, ticketId, isKept ? change : {})
    }
    const parts = { topics: { ...store.topics, get }, tickets: { ...store.tickets, update } }
    const { admin, ann } = await scene({ store: { ...store, ...parts } })
    await admin.request('update_topic', { name: 'sales', targets: { first_answer: 5, solved: null } })
    calls.length = 0
    const { target } = await ann.request('create_ticket', newTicket())
    expect(target?.kind).toBe(isKept ? 'first_answer' : undefined)
    // It is asked whether the topic is there, and then what it promises.
    if (isKept) expect(calls).toEqual(['get', 'get', 'update'])
    else expect(calls.length).toBeLessThan(10)
  })

  it('[TL10] is set by a repetition where the first try has failed before', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    let calls = Number.POSITIVE_INFINITY
    const get: typeof store.topics.get = async (...args) => {
      calls -= 1
      if (calls === 0) throw new StoreUnavailableError('The disk is full')
      return store.topics.get(...args)
    }
    const { admin, ann } = await scene({ store: { ...store, topics: { ...store.topics, get } } })
    await admin.request('update_topic', { name: 'sales', targets: { first_answer: 5, solved: null } })
    const wanted = newTicket()
    // It is asked whether the topic is there, and then what it promises.
    calls = 2
    expect(await ann.refusal('create_ticket', wanted)).toBe('unavailable')
    expect((await ann.request('create_ticket', wanted)).target?.kind).toBe('first_answer')
  })

  it('[TL10] counts in the hours of the topic', async () => {
    const { admin, ann } = await scene()
    // Closed today and tomorrow: midnight may pass meanwhile.
    const now = new Date()
    const closed = [now.getUTCDay(), (now.getUTCDay() + 1) % 7]
    const days = [0, 1, 2, 3, 4, 5, 6].filter((day) => !closed.includes(day))
    const openings = days.map((day) => ({ day, from: 0, until: 1_440 }))
    const hours = { time_zone: 'UTC', openings }
    await admin.request('update_topic', { name: 'sales', hours, targets: { first_answer: 5, solved: null } })
    const { target } = await ann.request('create_ticket', newTicket())
    const opensAt = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00.000Z`) + 48 * 3_600_000
    expect(target).toEqual({ kind: 'first_answer', due_at: new Date(opensAt + 5 * 60_000).toISOString() })
  })
})

describe('a first message', () => {
  it('[TL11] comes with the ticket, once, however often the ticket is asked for', async () => {
    const { ann, mia } = await scene()
    const wanted = { ...newTicket(), message_data: 'My parcel is late', subject: 'Parcel' }
    const made = await ann.request('create_ticket', wanted)
    const { _id } = await ann.request('create_ticket', wanted)
    expect(_id).toBe(made._id)
    const [only, ...others] = await told(mia, _id)
    expect(others).toEqual([])
    expect(only).toMatchObject({
      kind: 'text',
      cid: `first:${_id}`,
      author: 'ann',
      display_name: 'Ann',
      message_data: 'My parcel is late',
      ticket_id: _id,
      product: 'sales',
    })
  })

  it('[TL11] is asked about before the ticket is opened, and changed as the rules say', async () => {
    const { ann, mia } = await scene({
      beforeMessage: ({ message_data, stream }) => {
        if (message_data === 'bad') return { refuse: 'Please be kind' }
        return stream === 'ticket:new' ? { message_data: message_data.toUpperCase() } : undefined
      },
    })
    const answer = await ann.ask('create_ticket', { ...newTicket(), message_data: 'bad' })
    expect(answer).toMatchObject({ data: 'Please be kind', error: { code: 'forbidden' } })
    expect((await ann.request('get_tickets', {})).tickets).toHaveLength(1)
    const { _id } = await ann.request('create_ticket', { ...newTicket(), message_data: 'loud' })
    expect(await texts(mia, _id)).toEqual(['LOUD'])
  })

  it('[TL11] is sent by the next start where the server has ended before, though another one cannot be', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    const made = { workspace_id: 'demo', user_id: 'ann', display_name: 'Ann', product: 'sales' }
    const first = { message_data: 'Left', display_name: 'Ann', author: 'ann', sid: null, user_ids: ['ann'] }
    vi.useFakeTimers({ now: Date.now() - 120_000, toFake: ['Date'] })
    const create = (first_text: string) =>
      store.tickets.create({
        ...made,
        ...{ cid: randomUUID(), fingerprint: '', client_created_at: null, first_text },
      })
    // As a disk may leave it.
    await create('{"message_data":')
    const creation = await create(JSON.stringify(first))
    vi.useRealTimers()
    if (!('row' in creation)) throw new Error('Not created')
    const { _id } = creation.row
    const { admin } = await withLine([null], { store })
    await expect.poll(() => texts(admin, _id).catch(() => [])).toEqual(['Left'])
    expect(await store.tickets.firstText('demo', _id)).toBeNull()
  })
})
