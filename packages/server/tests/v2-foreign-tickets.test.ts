import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat } from '../src/testing/connect.ts'
import { eraseAll, operatorAuth } from './support/erasing.ts'
import { connect, connectAs, key, otherKey, type V2Client } from './support/v2-client.ts'
import { answered, type DatedTicket, dayOf, linkIdOf, makeLink } from './support/v2-day.ts'
import {
  failure,
  lineManager,
  makeLineManager,
  makeTicket,
  refused,
  success,
  ticketMessageFields,
} from './support/v2-frames.ts'

const keyPepper = 'a pepper of this test, long enough'
const dayMs = 24 * 60 * 60 * 1_000
const product = 'billing'

interface Request {
  readonly event: string
  /** Where its answer comes. */
  readonly on: string
  readonly operation?: string
  readonly fields?: Record<string, unknown>
}

/** What V2 asks of one ticket. */
const ofTicket: readonly Request[] = [
  { event: 'get_ticket_messages', on: 'ticket_message_response' },
  {
    event: 'ticket_message_event',
    on: 'error_response',
    operation: 'send_message',
    fields: { message_data: 'mine', user_id: 'ann' },
  },
  { event: 'close_ticket', on: 'ticket_response', fields: { line_manager: 'mia' } },
  { event: 'reopen_ticket', on: 'ticket_response' },
]

/** A desk with one line manager, and Ann's tickets: one that is open, one that is closed; and a closed one of Eve's, who is erased then. */
async function desk() {
  const store = await embeddedStore({ path: ':memory:' })
  const operator = await operatorAuth(store, keyPepper, ['erase'])
  const chat = await openChat(onTestFinished, { store, keyPepper })
  const { url } = chat
  const page = await connect(url)
  await makeLineManager(page, { user_id: 'mia' })
  const open = (await makeTicket(page, { product, user_id: 'ann' })) as DatedTicket
  write(page, open, 'ann', 'hello')
  const echo = expect.objectContaining({ message_data: 'hello' })
  await page.hears(answered('ticket_message_response', 'send_message', echo))
  const closedOf = async (user_id: string) => {
    const ticket = (await makeTicket(page, { product, user_id })) as DatedTicket
    page.emit('close_ticket', { ...key, ticket_id: ticket._id, line_manager: 'mia', product })
    await page.hears(answered('ticket_response', 'close_ticket', 'Ticket Closed'))
    return ticket
  }
  const [closed, erased] = [await closedOf('ann'), await closedOf('eve')]
  await eraseAll(await chat.connect('root', operator), 'eve')
  return { chat, url, page, open, closed, erased }
}

function write(page: V2Client, ticket: DatedTicket, user_id: string, message_data: string): void {
  page.emit('ticket_message_event', { ...key, ticket_id: ticket._id, product, message_data, user_id })
}

/** What somebody hears of a request, with an acknowledgement and without one; the names in it left out. */
async function said(
  asker: V2Client,
  { event, fields }: Pick<Request, 'event' | 'fields'>,
  names: readonly string[],
): Promise<string> {
  const answer = await asker.ask(event, fields)
  asker.emit(event, fields)
  const heard = await asker.next(1)
  await asker.hearsNothing()
  return names.reduce((text, name) => text.replaceAll(name, '<name>'), JSON.stringify([answer, heard]))
}

it('[V2E12, V2E13, VL6] a ticket of somebody else, of another workspace or of who was erased is like none', async () => {
  const { url, page, open, closed, erased } = await desk()
  const before = await page.ask('get_tickets', { ...key, product })
  const missing = open._id.split('').reverse().join('')
  const strangers = [
    { asker: await connectAs(url, 'ben'), with: {} },
    { asker: await connectAs(url, 'eve'), with: {} },
    { asker: await connect(url), with: otherKey },
  ]
  for (const stranger of strangers)
    for (const { event, on, operation = event, fields } of ofTicket) {
      const request = (ticket_id: string) => ({
        event,
        fields: { ...stranger.with, ...fields, ticket_id, product },
      })
      const { asker } = stranger
      const isList = event === 'get_ticket_messages'
      expect(await asker.ask(event, request(missing).fields)).toEqual(refused(event, 'not_found'))
      asker.emit(event, request(missing).fields)
      await asker.hears([on, isList ? success(operation, []) : failure(operation)])
      const ofNone = await said(asker, request(missing), [missing])
      for (const { _id } of [open, closed, erased])
        expect(await said(asker, request(_id), [_id])).toBe(ofNone)
    }
  // Nothing has come of it, and nobody has heard of it; nor does a stranger hear what is said then.
  await page.hearsNothing()
  expect(await page.ask('get_tickets', { ...key, product })).toEqual(before)
  page.emit('get_ticket_messages', { ...key, ticket_id: open._id })
  const hello = { ...ticketMessageFields, ticket_id: open._id, product, message_data: 'hello' }
  await page.hears(answered('ticket_message_response', 'get_ticket_messages', [hello]))
  write(page, open, 'mia', 'for Ann')
  const echo = expect.objectContaining({ message_data: 'for Ann' })
  await page.hears(answered('ticket_message_response', 'send_message', echo))
  for (const { asker } of strangers) await asker.hearsNothing()
})

it('[VL2, VL4, VL5, VL7] another workspace’s line managers and links are like none, and its lists are empty', async () => {
  const { url, page, open } = await desk()
  await makeLineManager(page, { user_id: 'leo', positions_in_a_line: 2 })
  const links = { number_of_links: 5, product_distribution: { [product]: 5 } }
  const link_id = linkIdOf(await makeLink(page, links))
  const stranger = await connect(url)
  await makeLineManager(stranger, { ...otherKey, user_id: 'theirs' })

  const dated = { ...otherKey, line_manager: 'mia', ticket_date: dayOf(open), product }
  stranger.emit('get_tickets_by_date', dated)
  await stranger.hears(answered('ticket_response', 'get_tickets_by_date', []))
  stranger.emit('get_unread_messages', dated)
  const nothing = { unread_messages: [], unread_messages_count: 0 }
  await stranger.hears(answered('ticket_message_response', 'get_unread_messages', nothing))

  const lines = (line_manager_1: string, line_manager_2: string) => ({ line_manager_1, line_manager_2 })
  for (const [event, foreign, missing] of [
    ['queue_update', { line_manager: 'mia' }, { line_manager: 'max' }],
    ['merge_line', lines('mia', 'theirs'), lines('max', 'theirs')],
    ['merge_line', lines('theirs', 'mia'), lines('theirs', 'max')],
    ['split_line', lines('mia', 'theirs'), lines('max', 'theirs')],
    ['create_ticket', { product, link_id }, { product, link_id: '1'.repeat(20) }],
  ] as const) {
    const of = (fields: object) => ({ event, fields: { ...otherKey, ...fields } })
    const names = ['mia', 'max', link_id, '1'.repeat(20)]
    stranger.emit(event, of(foreign).fields)
    const [[, answer] = []] = await stranger.next(1)
    expect(answer).toEqual(failure(event))
    // An acknowledged `queue_update` is the workspace's own list.
    if (event === 'queue_update') continue
    expect(await said(stranger, of(foreign), names)).toBe(await said(stranger, of(missing), names))
  }
  expect(await lineManager(page, 'mia')).toMatchObject({ ticket_count: 1, is_active: true })
  expect(await lineManager(page, 'leo')).toMatchObject({ ticket_count: 0, is_active: true })
  page.emit('get_share_link_details', { link_id })
  const whole = [expect.objectContaining({ available_links: 5, is_active: true })]
  await page.hears(answered('share_link_response', 'get_share_link_details', whole))
})

it('[VL2, VL3, VL4, VL7] a customer lists their own tickets alone, and manages no lines, links and settings', async () => {
  const { url, page, open, closed } = await desk()
  await makeLineManager(page, { user_id: 'leo', positions_in_a_line: 2 })
  const [ann, ben] = [await connectAs(url, 'ann'), await connectAs(url, 'ben')]
  const dated = { line_manager: 'mia', ticket_date: dayOf(open), product: {} }
  const listed = async (asker: V2Client) => {
    const { data } = await asker.ask<{ tickets: { _id: string }[] }>('get_tickets_by_date', dated)
    return data.tickets.map(({ _id }) => _id)
  }
  expect(await listed(ann)).toEqual([closed._id, open._id])
  expect(await listed(ben)).toEqual([])
  ben.emit('get_unread_messages', dated)
  const nothing = { unread_messages: [], unread_messages_count: 0 }
  await ben.hears(answered('ticket_message_response', 'get_unread_messages', nothing))

  const lines = { line_manager_1: 'mia', line_manager_2: 'leo' }
  const links = { number_of_links: 1, product_distribution: { [product]: 1 }, url: 'https://shop.example' }
  for (const [on, event, fields, operation = event] of [
    ['ticket_response', 'merge_line', lines],
    ['ticket_response', 'split_line', lines],
    ['share_link_response', 'generate_share_link', links],
    [
      'setting_response',
      'create_meta_setting',
      { waiting_time: '1', operation_time: '1' },
      'create_meta_settings',
    ],
  ] as const) {
    ann.emit(event, fields)
    await ann.hears([on, failure(operation)])
    expect(await ann.ask(event, fields)).toEqual(refused(event, 'forbidden'))
  }
  expect(await lineManager(page, 'mia')).toMatchObject({ ticket_count: 1, is_active: true })
})

it('[V2X2, V2X7, VL6] a closed ticket can be read, is closed already, and opens again within its time', async () => {
  const { chat, url, page, closed } = await desk()
  const ann = await connectAs(url, 'ann')
  const it = { ticket_id: closed._id, product }
  ann.emit('get_ticket_messages', it)
  await ann.hears(answered('ticket_message_response', 'get_ticket_messages', []))
  ann.emit('close_ticket', it)
  await ann.hears(answered('ticket_response', 'close_ticket', 'Ticket Already Closed'))

  const close = async () => {
    page.emit('close_ticket', { ...key, ...it, line_manager: 'mia' })
    await page.hears(answered('ticket_response', 'close_ticket', 'Ticket Closed'))
  }
  const echo = (message_data: string) =>
    answered('ticket_message_response', 'send_message', expect.objectContaining({ message_data }))
  ann.emit('ticket_message_event', { ...it, message_data: 'One more thing' })
  for (const one of [ann, page]) await one.hears(echo('One more thing'))
  await close()
  ann.emit('reopen_ticket', it)
  await ann.hears(answered('ticket_response', 'reopen_ticket', 'Ticket Reopened'))
  await close()

  await chat.server.clock.advance(7 * dayMs)
  ann.emit('ticket_message_event', { ...it, message_data: 'too late' })
  await ann.hears(['error_response', failure('send_message')])
  expect(await ann.ask('ticket_message_event', { ...it, message_data: 'too late' })).toEqual(
    refused('ticket_message_event', 'ticket_closed'),
  )
  ann.emit('reopen_ticket', it)
  await ann.hears(['ticket_response', failure('reopen_ticket')])
  // Nor does a page's message, whoever it says that it is of; but the team may open it.
  for (const user_id of ['ann', 'mia']) {
    write(page, closed, user_id, 'too late')
    await page.hears(['error_response', failure('send_message')])
  }
  ann.emit('get_ticket_messages', it)
  const read = { ...ticketMessageFields, ...it, author: 'ann', message_data: 'One more thing' }
  await ann.hears(answered('ticket_message_response', 'get_ticket_messages', [read]))
  page.emit('reopen_ticket', { ...key, ...it })
  await page.hears(answered('ticket_response', 'reopen_ticket', 'Ticket Reopened'))
  write(page, closed, 'mia', 'in time')
  for (const one of [ann, page]) await one.hears(echo('in time'))
})
