import { expect, it } from 'vitest'
import { connect, key, runningServer, serverUrl, type V2Client } from './support/v2-client.ts'
import {
  answered,
  type DatedTicket,
  dayOf,
  linkIdOf,
  makeLink,
  minutes,
  newTicket,
  openTicket,
} from './support/v2-day.ts'
import {
  failure,
  id,
  lineManagerFields,
  success,
  ticketFields,
  ticketMessageFields,
  time,
  topicFields,
} from './support/v2-frames.ts'

/** The pages of one day: everybody has a tab, plain socket.io, without identity. */
interface Day {
  readonly inviter: V2Client
  readonly agent: V2Client
  /** The agent's page has another socket. */
  readonly agentsOther: V2Client
  readonly ann: V2Client
  readonly ben: V2Client
  readonly late: V2Client
}

/** What there is of the day. */
interface Desk extends Day {
  readonly link: URL
  /** Ann's, Ben's and that of who came too late for the link, in their order. */
  readonly tickets: readonly [ofAnn: DatedTicket, ofBen: DatedTicket, ofLate: DatedTicket]
}

const product = 'billing_help'
const extraHeaders = { origin: 'https://desk.example', 'user-agent': 'Browser 1' }
// Node lets no other transport have an origin.
const browser = { transports: ['websocket'], extraHeaders }
const [offer, answer] = [
  { type: 'offer', sdp: 'v=0\r\n' },
  { type: 'answer', sdp: 'v=0\r\n' },
]

async function arrive(): Promise<Day> {
  const url = await serverUrl()
  // Where two servers take turns, both of the agent's sockets are at one.
  const inviter = await connect(url)
  const agent = await connect(url, undefined, browser)
  const ann = await connect(url)
  const agentsOther = await connect(url, undefined, browser)
  return { inviter, agent, agentsOther, ann, ben: await connect(url), late: await connect(url) }
}

async function opens({ inviter }: Day): Promise<URL> {
  inviter.emit('get_all_topics', key)
  await inviter.hears(['setting_response', { ...failure('get_all_topics'), data: 'No topics yet' }])
  inviter.emit('create_topic', { ...key, name: 'Billing Help', created_at: new Date() })
  await inviter.hears(answered('setting_response', 'create_topic', { ...topicFields, name: product }))
  inviter.emit('create_topic', { ...key, name: product })
  await inviter.hears(['setting_response', failure('create_topic')])

  inviter.emit('get_all_line_managers', key)
  const none = { ...failure('get_all_line_managers'), data: 'No line managers yet' }
  await inviter.hears(['setting_response', none])
  const managers = []
  for (const [at, user_id] of ['mia', 'leo'].entries()) {
    const rank = { positions_in_a_line: String(at + 1), average_serving_time: at === 0 ? '4' : 6 }
    const made = { ...lineManagerFields, user_id, positions_in_a_line: at + 1, ticket_count: 0 }
    managers.push({ ...made, average_serving_time: at === 0 ? 4 : 6 })
    inviter.emit('create_line_manager', { ...key, user_id, ...rank, ticket_count: 0, created_at: new Date() })
    await inviter.hears(answered('setting_response', 'create_line_manager', managers[at]))
    inviter.emit('create_line_manager', { ...key, user_id, ...rank })
    await inviter.hears(['setting_response', failure('create_line_manager')])
  }
  inviter.emit('get_all_line_managers', key)
  await inviter.hears(answered('setting_response', 'get_all_line_managers', managers))

  const setting = { _id: id, waiting_time: '12', operation_time: '12s', created_at: time }
  inviter.emit('create_meta_setting', { ...key, waiting_time: 12, operation_time: '12s' })
  await inviter.hears(answered('setting_response', 'create_meta_settings', setting))
  inviter.emit('get_meta_setting', key)
  await inviter.hears(answered('setting_response', 'get_meta_setting', [setting]))

  return makeLink(inviter, {
    number_of_links: '2',
    product_distribution: { 'Billing Help': '2' },
    usernames: ['ann'],
  })
}

async function looksAt(page: V2Client, link: URL, available_links: number, usernames: string[]) {
  const link_id = linkIdOf(link)
  const left = { available_links, product_distribution: { [product]: String(available_links) } }
  const fields = { _id: id, link_id, number_of_links: 2, link: link.href, created_at: time }
  // Whoever has the link has no key.
  page.emit('get_share_link_details', { link_id })
  const details = { ...fields, ...left, usernames, is_active: available_links > 0 }
  await page.hears(answered('share_link_response', 'get_share_link_details', [details]))
}

async function comeByLink(day: Day, link: URL): Promise<Desk> {
  const { inviter, ann, ben, late } = day
  const link_id = linkIdOf(link)
  await looksAt(ann, link, 2, ['ann'])
  // A page asks so before it has a ticket.
  ann.emit('get_ticket_messages', { ...key, ticket_id: null, product })
  await ann.hears(answered('ticket_message_response', 'get_ticket_messages', []))
  const first = { user_id: 'ann', line_manager: 'mia', product, waiting_time: 0 }
  const ofAnn = await openTicket(ann, { product, link_id }, first)
  await inviter.hears(newTicket(ofAnn))

  // The names are all taken: the server makes one.
  await looksAt(ben, link, 1, [])
  const visitor = expect.stringMatching(/^visitor-/)
  const second = { user_id: visitor, line_manager: 'leo', product, waiting_time: 0 }
  const ofBen = await openTicket(ben, { product: 'Billing Help', link_id }, second)
  await inviter.hears(newTicket(ofBen))

  await looksAt(late, link, 0, [])
  late.emit('create_ticket', { ...key, product, link_id, user_id: null })
  await late.hears(['ticket_response', { ...failure('create_ticket'), data: 'The link is used up' }])
  const guest = { user_id: `guest:${late.id}`, line_manager: 'mia', product, waiting_time: 4 }
  const ofLate = await openTicket(late, { product }, guest)
  await inviter.hears(newTicket(ofLate))
  for (const page of [ann, ben]) await page.hearsNothing()
  return { ...day, link, tickets: [ofAnn, ofBen, ofLate] }
}

const said = (ticket: DatedTicket, author: string, message_data: string, more = {}) => ({
  ...{ ...ticketMessageFields, ticket_id: ticket._id, product, author, message_data },
  ...more,
})
const echo = (...message: Parameters<typeof said>) => [
  'ticket_message_response',
  success('send_message', { ...said(...message), is_read: false, workspace_id: 'demo' }),
]

function write(page: V2Client, ticket: DatedTicket, user_id: string, message_data: string): void {
  const message = { ticket_id: ticket._id, product, message_data, user_id, reply_to: 'None' }
  page.emit('ticket_message_event', { ...key, ...message, created_at: new Date() })
}

/** What is unread in the tickets of a line manager, once it is what it should be: marks follow within a second. */
async function unread(
  { agent, tickets: [ticket] }: Desk,
  line_manager: string,
  unread_messages: unknown[],
): Promise<void> {
  const asked = { ...key, line_manager, ticket_date: dayOf(ticket), product: {} }
  const expected = { unread_messages, unread_messages_count: unread_messages.length }
  const look = async () => {
    agent.emit('get_unread_messages', asked)
    const [frame] = await agent.next(1)
    return frame
  }
  await expect
    .poll(look, { timeout: 10_000, interval: 100 })
    .toEqual(answered('ticket_message_response', 'get_unread_messages', expected))
}

async function lineOf({ agent }: Desk, line_manager: string, ticket_count: number, waiting_time: number) {
  agent.emit('queue_update', { ...key, line_manager })
  await agent.hears(answered('queue_response', 'queue_update', { ticket_count, waiting_time }))
}

async function tellApart({ agent, tickets: [ofAnn, ofBen, ofLate] }: Desk): Promise<void> {
  const open = (ticket: DatedTicket) => ({ ...ticketFields, ...ticket, updated_at: time })
  agent.emit('get_all_topics', key)
  await agent.hears(answered('setting_response', 'get_all_topics', [{ ...topicFields, name: product }]))
  agent.emit('get_tickets', { ...key, product })
  await agent.hears(answered('ticket_response', 'get_ticket', [ofAnn, ofBen, ofLate].map(open)))
  const asked = { ...key, line_manager: 'mia', ticket_date: dayOf(ofAnn), product: {} }
  agent.emit('get_tickets_by_date', asked)
  await agent.hears(answered('ticket_response', 'get_tickets_by_date', [ofAnn, ofLate].map(open)))
  for (const none of [
    { line_manager: 'nobody' },
    { product: 'no_such_topic' },
    { ticket_date: '2020_01_01' },
  ]) {
    agent.emit('get_tickets_by_date', { ...asked, ...none })
    await agent.hears(answered('ticket_response', 'get_tickets_by_date', []))
  }
}

async function converse(desk: Desk): Promise<void> {
  const { inviter, agent, ann, ben, tickets } = desk
  const [ofAnn] = tickets
  await unread(desk, 'mia', [])
  write(ann, ofAnn, 'ann', 'Where is my bill?')
  await ann.hears(echo(ofAnn, 'ann', 'Where is my bill?'))
  // Nobody has opened the conversation yet but Ann.
  for (const page of [inviter, agent, ben]) await page.hearsNothing()
  const asked = said(ofAnn, 'ann', 'Where is my bill?', { is_read: false })
  await unread(desk, 'mia', [asked])
  await unread(desk, 'leo', [])

  agent.emit('get_ticket_messages', { ...key, ticket_id: ofAnn._id, product })
  await agent.hears(answered('ticket_message_response', 'get_ticket_messages', [asked]))
  write(agent, ofAnn, 'mia', 'It is on its way.')
  for (const page of [agent, ann]) await page.hears(echo(ofAnn, 'mia', 'It is on its way.'))
  await unread(desk, 'mia', [])
  const both = [{ ...asked, is_read: true }, said(ofAnn, 'mia', 'It is on its way.', { is_read: false })]
  ann.emit('get_ticket_messages', { ...key, ticket_id: ofAnn._id, product })
  await ann.hears(answered('ticket_message_response', 'get_ticket_messages', both))
  for (const page of [inviter, ben]) await page.hearsNothing()
}

async function closeAndReopen(desk: Desk): Promise<void> {
  const { inviter, agent, ann, late, tickets } = desk
  const [ofAnn] = tickets
  const it = { ...key, ticket_id: ofAnn._id, product }
  await lineOf(desk, 'mia', 2, 8)
  await lineOf(desk, 'leo', 1, 6)

  agent.emit('close_ticket', { ...it, line_manager: 'mia', ticket_date: dayOf(ofAnn) })
  await agent.hears(answered('ticket_response', 'close_ticket', 'Ticket Closed'))
  await late.hears(minutes(0))
  agent.emit('close_ticket', { ...it, line_manager: 'leo' })
  await agent.hears(answered('ticket_response', 'close_ticket', 'Ticket Already Closed'))
  await lineOf(desk, 'mia', 1, 4)
  await lineOf(desk, 'leo', 1, 6)

  agent.emit('reopen_ticket', it)
  await agent.hears(answered('ticket_response', 'reopen_ticket', 'Ticket Reopened'))
  await late.hears(minutes(4))
  agent.emit('reopen_ticket', it)
  await agent.hears(answered('ticket_response', 'reopen_ticket', 'Ticket Already Open'))
  await lineOf(desk, 'mia', 2, 8)
  // Facts are no messages of people.
  for (const page of [inviter, ann, late]) await page.hearsNothing()

  agent.emit('close_ticket', { ...it, line_manager: 'mia' })
  await agent.hears(answered('ticket_response', 'close_ticket', 'Ticket Closed'))
  await late.hears(minutes(0))
  write(ann, ofAnn, 'ann', 'It has not come.')
  for (const page of [agent, ann]) await page.hears(echo(ofAnn, 'ann', 'It has not come.'))
  await late.hears(minutes(4))
  await lineOf(desk, 'mia', 2, 8)
  await unread(desk, 'mia', [said(ofAnn, 'ann', 'It has not come.', { is_read: false })])
}

async function mergeAndSplit(desk: Desk): Promise<void> {
  const { inviter, agent, ann, ben, late, tickets } = desk
  const [ofAnn, ofBen, ofLate] = tickets
  const both = { ...key, line_manager_1: 'leo', line_manager_2: 'mia', product }
  inviter.emit('merge_line', both)
  await inviter.hears(answered('ticket_response', 'merge_line', 'Line Merged'))
  await ben.hears(minutes(4))
  await late.hears(minutes(8))
  await lineOf(desk, 'mia', 3, 12)
  await lineOf(desk, 'leo', 0, 0)
  const leo = { ...lineManagerFields, user_id: 'leo', ticket_count: 0 }
  const managers = (of: Record<string, unknown>) => [
    { ...lineManagerFields, user_id: 'mia', ticket_count: 3 },
    { ...leo, ...of },
  ]
  inviter.emit('get_all_line_managers', key)
  await inviter.hears(answered('setting_response', 'get_all_line_managers', managers({ is_active: false })))
  // What was done to Ben's ticket is nothing that is unread in it.
  await unread(desk, 'mia', [said(ofAnn, 'ann', 'It has not come.', { is_read: false })])

  // Leo gets no more.
  const zoes = { user_id: 'zoe', line_manager: 'mia', product, waiting_time: 12 }
  const ofZoe = await openTicket(inviter, { product, user_id: 'zoe' }, zoes, newTicket)
  await agent.hears(newTicket(ofZoe))
  agent.emit('close_ticket', { ...key, ticket_id: ofZoe._id, line_manager: 'mia', product })
  await agent.hears(answered('ticket_response', 'close_ticket', 'Ticket Closed'))

  inviter.emit('split_line', both)
  await inviter.hears(answered('ticket_response', 'split_line', 'Line Split'))
  await ben.hears(minutes(0))
  await late.hears(minutes(4))
  await lineOf(desk, 'mia', 2, 8)
  await lineOf(desk, 'leo', 1, 6)
  const open = (ticket: DatedTicket, waiting_time: number) => ({ ...ticket, waiting_time, updated_at: time })
  agent.emit('get_tickets_by_date', { ...key, line_manager: 'leo', ticket_date: dayOf(ofBen), product: {} })
  await agent.hears(answered('ticket_response', 'get_tickets_by_date', [open(ofBen, 0)]))
  agent.emit('get_tickets', { ...key, product })
  const all = [
    open(ofAnn, 0),
    open(ofBen, 0),
    open(ofLate, 4),
    { ...ofZoe, is_closed: true, waiting_time: null, updated_at: time },
  ]
  await agent.hears(answered('ticket_response', 'get_ticket', all))
  await ann.hearsNothing()
}

/** What goes wrong is said to the asker alone, in a text, on the event that V2's pages listen to for it. */
async function goWrong(desk: Desk): Promise<void> {
  const { inviter, agent, ann, ben, late, tickets } = desk
  const [ofAnn] = tickets
  const [ticket_id, nobody] = ['no-such-ticket', 'nobody']
  const lines = (line_manager_1: unknown, line_manager_2: unknown) => ({
    line_manager_1,
    line_manager_2,
    product,
  })
  const dated = { line_manager: 'mia', ticket_date: '2024_13_45' }
  const wrong: readonly [on: string, event: string, fields: Record<string, unknown>, operation?: string][] = [
    ['ticket_response', 'close_ticket', { ticket_id, product, line_manager: 'mia' }],
    ['ticket_response', 'reopen_ticket', { ticket_id, product }],
    ['ticket_response', 'reopen_ticket', { product }],
    [
      'error_response',
      'ticket_message_event',
      { ticket_id, message_data: 'hello', user_id: 'mia' },
      'send_message',
    ],
    ['error_response', 'ticket_message_event', { ticket_id: ofAnn._id, message_data: ' ' }, 'send_message'],
    ['ticket_response', 'create_ticket', { product: {} }],
    ['ticket_response', 'create_ticket', { product, link_id: '0'.repeat(20) }],
    ['ticket_response', 'get_tickets', { product: {} }, 'get_ticket'],
    ['ticket_response', 'get_tickets_by_date', dated],
    ['ticket_message_response', 'get_unread_messages', dated],
    ['queue_response', 'queue_update', { line_manager: nobody }],
    ['ticket_response', 'merge_line', lines('leo', nobody)],
    ['ticket_response', 'merge_line', lines(nobody, 'leo')],
    ['ticket_response', 'merge_line', lines('mia', 'mia')],
    ['ticket_response', 'split_line', lines('leo', nobody)],
    ['ticket_response', 'split_line', lines('leo', 'leo')],
    ['share_link_response', 'get_share_link_details', { link_id: '0'.repeat(20) }],
    [
      'share_link_response',
      'generate_share_link',
      { number_of_links: '0', product_distribution: {}, url: 'https://a.b' },
    ],
    ['setting_response', 'create_meta_setting', { waiting_time: {} }, 'create_meta_settings'],
  ]
  for (const [on, event, fields, operation = event] of wrong) {
    agent.emit(event, { ...key, ...fields })
    await agent.hears([on, failure(operation)])
  }
  const keyed = wrong.filter(([, event]) => event !== 'get_share_link_details')
  for (const [on, event, fields, operation = event] of keyed) {
    agent.emit(event, { ...fields, workspace_id: 'demo', api_key: '' })
    await agent.hears([on, failure(operation)])
  }
  for (const page of [inviter, ann, ben, late]) await page.hearsNothing()
  // Nothing has come of it.
  await lineOf(desk, 'mia', 2, 8)
  await lineOf(desk, 'leo', 1, 6)
}

/** The agent's page is rung on one of its sockets, and answers on the other. */
async function talk({ inviter, agent, agentsOther, ann, ben, late }: Day): Promise<void> {
  ann.emit('callUser', { userToCall: agent.id, signalData: offer, from: ann.id, name: 'Ann' })
  await agent.hears(['callUser', { signal: offer, from: ann.id, name: 'Ann', callId: id }])
  agentsOther.emit('answerCall', { signal: answer, to: ann.id })
  await ann.hears(['callAccepted', answer])
  ann.emit('endCall')
  await agent.hears(['callEnded'])
  for (const page of [inviter, agentsOther, ann, ben, late]) await page.hearsNothing()
}

async function goHome(desk: Desk): Promise<void> {
  const { inviter, agent, ann, ben, late, tickets } = desk
  const [ofAnn, ofBen, ofLate] = tickets
  agent.emit('disconnect_request')
  await agent.closed()
  write(ann, ofAnn, 'ann', 'Are you still there?')
  await ann.hears(echo(ofAnn, 'ann', 'Are you still there?'))
  // The last of a line first: nobody waits for less then.
  for (const [page, ticket] of [
    [late, ofLate],
    [ann, ofAnn],
    [ben, ofBen],
  ] as const) {
    page.emit('close_ticket', { ...key, ticket_id: ticket._id, product, line_manager: ticket.line_manager })
    await page.hears(answered('ticket_response', 'close_ticket', 'Ticket Closed'))
  }
  inviter.emit('get_all_line_managers', key)
  const rested = ['mia', 'leo'].map((user_id) => ({ ...lineManagerFields, user_id, ticket_count: 0 }))
  await inviter.hears(answered('setting_response', 'get_all_line_managers', rested))
}

it.skipIf(runningServer)(
  '[VL1, VL2, VL3, VL4, VL5, VL6, VL7, V2C19] a customer by a link, an agent and an inviter go through a day',
  async () => {
    const day = await arrive()
    await talk(day)
    const desk = await comeByLink(day, await opens(day))
    await tellApart(desk)
    await converse(desk)
    await closeAndReopen(desk)
    await mergeAndSplit(desk)
    await goWrong(desk)
    await goHome(desk)
  },
)
