import { expect, it } from 'vitest'
import { connect, key, serverUrl, unique } from './support/v2-client.ts'
import {
  dataOf,
  failure,
  id,
  lineManager,
  makeLineManager,
  makeTicket,
  success,
  type Ticket,
  text,
  ticketFields,
  ticketMessageFields,
  time,
} from './support/v2-frames.ts'

const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '_')
const minutes = [
  'waiting_time_response',
  success('create_ticket', { waiting_time: expect.toBeOneOf([null, expect.any(Number)]) }),
]

async function sharedLink(fields: Record<string, unknown>, url?: string): Promise<string> {
  const admin = await connect(url ?? (await serverUrl()))
  admin.emit('generate_share_link', { ...key, url: 'https://shop.example/chat?lang=en', ...fields })
  const [answer] = await admin.hears(['share_link_response', success('generate_share_link', text)])
  return dataOf<string>(answer)
}

it('[VL1] ends the socket that asks for it', async () => {
  const page = await connect(await serverUrl())
  page.emit('disconnect_request')
  await page.closed()
})

it('[VL2] makes links that open so many tickets of each topic, under their names', async () => {
  const url = await serverUrl()
  const [admin, visitor] = [await connect(url), await connect(url)]
  const product = unique('topic')
  const links = { number_of_links: '3', product_distribution: { [product]: '2' }, usernames: ['Ann', 'Ben'] }
  admin.emit('generate_share_link', { ...key, url: 'https://shop.example/chat?lang=en', ...links })
  const [made] = await admin.hears(['share_link_response', success('generate_share_link', text)])
  const link = new URL(dataOf<string>(made))
  expect(link.href).toMatch(/^https:\/\/shop\.example\/chat\?lang=en&link_id=\d{20}$/)
  const link_id = link.searchParams.get('link_id') as string

  const details = (available_links: number, left: string, usernames: string[]) => [
    'share_link_response',
    success('get_share_link_details', [
      {
        ...{ _id: id, link_id, number_of_links: 3, available_links, link: link.href, usernames },
        ...{ product_distribution: { [product]: left }, is_active: true, created_at: time },
      },
    ]),
  ]
  visitor.emit('get_share_link_details', { link_id })
  await visitor.hears(details(3, '2', ['Ann', 'Ben']))

  for (const user_id of ['Ann', 'Ben']) {
    visitor.emit('create_ticket', { ...key, product, link_id, created_at: new Date() })
    await visitor.hears(
      ['ticket_response', success('create_ticket', { ...ticketFields, user_id, product })],
      minutes,
    )
  }
  visitor.emit('create_ticket', { ...key, product, link_id })
  await visitor.hears(['ticket_response', failure('create_ticket')])
  visitor.emit('get_share_link_details', { link_id })
  await visitor.hears(details(1, '0', []))
})

it('[VL2] knows no link that was not made, and makes none for an address that is none', async () => {
  const page = await connect(await serverUrl())
  page.emit('get_share_link_details', { link_id: '0'.repeat(20) })
  await page.hears(['share_link_response', failure('get_share_link_details')])
  const links = { number_of_links: 1, product_distribution: {}, usernames: [], url: 'javascript:alert(1)' }
  page.emit('generate_share_link', { ...key, ...links })
  await page.hears(['share_link_response', failure('generate_share_link')])
  await expect(sharedLink({ number_of_links: 1, product_distribution: {} })).resolves.toMatch(
    /link_id=\d{20}$/,
  )
})

it('[VL2] opens no more tickets than a link has, and gives each name once, however many come at once', async () => {
  const url = await serverUrl()
  const product = unique('topic')
  const usernames = ['Ann', 'Ben', 'Cleo']
  const address = await sharedLink(
    { number_of_links: 3, product_distribution: { [product]: 5 }, usernames },
    url,
  )
  const link_id = new URL(address).searchParams.get('link_id')
  const visitors = await Promise.all(Array.from({ length: 6 }, () => connect(url)))
  for (const visitor of visitors) visitor.emit('create_ticket', { ...key, product, link_id, user_id: null })
  const names = []
  for (const visitor of visitors) {
    const [frame] = await visitor.next(1)
    // Of a failure it is a text.
    const { user_id } = dataOf<Partial<Ticket>>(frame)
    if (user_id !== undefined) names.push(user_id)
    else
      expect(frame).toEqual(['ticket_response', { ...failure('create_ticket'), data: 'The link is used up' }])
  }
  expect(names.toSorted()).toEqual(usernames)
})

it('[VL3] keeps the settings of a workspace', async () => {
  const page = await connect(await serverUrl())
  page.emit('get_meta_setting', key)
  await page.hears(['setting_response', success('get_meta_setting', [])])
  for (const [waiting_time, operation_time] of [
    [12, '12s'],
    ['20', 30],
  ]) {
    const setting = { waiting_time: String(waiting_time), operation_time: String(operation_time) }
    const kept = { _id: id, ...setting, created_at: time }
    page.emit('create_meta_setting', { ...key, waiting_time, operation_time })
    await page.hears(['setting_response', success('create_meta_settings', kept)])
    page.emit('get_meta_setting', key)
    await page.hears(['setting_response', success('get_meta_setting', [kept])])
  }
})

it('[VL4] lists the tickets of a line manager and a day, oldest first, and what is unread in them', async () => {
  const page = await connect(await serverUrl())
  const [user_id, product] = [unique('manager'), unique('topic')]
  await makeLineManager(page, { user_id })
  const tickets = [await makeTicket(page, { product }), await makeTicket(page, { product })] as const
  const of = { ...key, line_manager: user_id, ticket_date: today(), product: {} }

  page.emit('get_tickets_by_date', of)
  const [listed] = await page.next(1)
  expect(dataOf<Ticket[]>(listed).map(({ _id }) => _id)).toEqual(tickets.map(({ _id }) => _id))
  page.emit('get_tickets_by_date', { ...of, ticket_date: '2020_01_01' })
  await page.hears(['ticket_response', success('get_tickets_by_date', [])])
  for (const ticket_date of ['yesterday', '2024_13_45', '2023_02_29']) {
    page.emit('get_tickets_by_date', { ...of, ticket_date })
    await page.hears(['ticket_response', failure('get_tickets_by_date')])
  }

  const [{ _id: ticket_id }] = tickets
  const message = { ticket_id, product, message_data: 'hello', user_id: 'ann', reply_to: 'None' }
  page.emit('ticket_message_event', { ...key, ...message })
  await page.hears([
    'ticket_message_response',
    success('send_message', expect.objectContaining({ ticket_id })),
  ])
  page.emit('get_unread_messages', of)
  await page.hears([
    'ticket_message_response',
    success('get_unread_messages', {
      unread_messages: [{ ...ticketMessageFields, ticket_id, message_data: 'hello' }],
      unread_messages_count: 1,
    }),
  ])
})

it('[VL4] counts what people have written as unread and no facts, and tells the page nothing further', async () => {
  const url = await serverUrl()
  const [page, customer] = [await connect(url), await connect(url)]
  const [one, two, product] = [unique('one'), unique('two'), unique('topic')]
  await makeLineManager(page, { user_id: one })
  const { _id: ticket_id } = await makeTicket(customer, { product, user_id: 'ann' })
  await makeLineManager(page, { user_id: two, positions_in_a_line: 2 })
  const write = async (message_data: string) => {
    customer.emit('ticket_message_event', { ...key, ticket_id, product, message_data, user_id: 'ann' })
    const echo = expect.objectContaining({ ticket_id, message_data })
    await customer.hears(['ticket_message_response', success('send_message', echo)])
  }
  const expectUnread = async (...texts: string[]) => {
    page.emit('get_unread_messages', { ...key, line_manager: two, ticket_date: today(), product })
    const last = { ...ticketMessageFields, ticket_id, message_data: texts.at(-1), author: 'ann' }
    const unread = { unread_messages: texts.length ? [last] : [], unread_messages_count: texts.length }
    await page.hears(['ticket_message_response', success('get_unread_messages', unread)])
  }
  page.emit('merge_line', { ...key, line_manager_1: one, line_manager_2: two, product })
  await page.hears(['ticket_response', success('merge_line', text)])
  await expectUnread()
  for (const message_data of ['first', 'second']) await write(message_data)
  await expectUnread('first', 'second')
  page.emit('close_ticket', { ...key, ticket_id, product, line_manager: one })
  await page.hears(['ticket_response', success('close_ticket', 'Ticket Closed')])
  await expectUnread('first', 'second')
  await write('third')
  await expectUnread('first', 'second', 'third')
  // Pushes of new messages in listed tickets would come within a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await page.hearsNothing()
})

it('[VL5] says how long a line is', async () => {
  const page = await connect(await serverUrl())
  const line_manager = unique('manager')
  await makeLineManager(page, { user_id: line_manager, average_serving_time: 4 })
  await makeTicket(page, { product: unique('topic') })
  page.emit('queue_update', { ...key, line_manager })
  await page.hears(['queue_response', success('queue_update', { ticket_count: 1, waiting_time: 4 })])
  page.emit('queue_update', { ...key, line_manager: unique('nobody') })
  await page.hears(['queue_response', failure('queue_update')])
})

it('[VL6] opens a closed ticket again', async () => {
  const page = await connect(await serverUrl())
  const product = unique('topic')
  const { _id: ticket_id } = await makeTicket(page, { product })
  page.emit('close_ticket', { ...key, ticket_id, product, line_manager: 'x' })
  await page.hears(['ticket_response', success('close_ticket', 'Ticket Closed')])
  page.emit('reopen_ticket', { ...key, ticket_id, product })
  await page.hears(['ticket_response', success('reopen_ticket', 'Ticket Reopened')])
  page.emit('get_tickets', { ...key, product })
  const open = { ...ticketFields, _id: ticket_id, is_closed: false }
  await page.hears(['ticket_response', success('get_ticket', [open])])
})

it('[VL7] merges the line of one manager into that of another, and splits it again', async () => {
  const url = await serverUrl()
  const [page, customer] = [await connect(url), await connect(url)]
  const [one, two] = [unique('one'), unique('two')]
  await makeLineManager(page, { user_id: one })
  const product = unique('topic')
  for (let count = 0; count < 4; count++) await makeTicket(customer, { product })
  await makeLineManager(page, { user_id: two, positions_in_a_line: 2 })
  const both = { ...key, line_manager_1: one, line_manager_2: two, product }
  const counts = async () => [await lineManager(page, one), await lineManager(page, two)]

  page.emit('merge_line', both)
  await page.hears(['ticket_response', success('merge_line', text)])
  expect(await counts()).toMatchObject([
    { ticket_count: 0, is_active: false },
    { ticket_count: 4, is_active: true },
  ])
  page.emit('split_line', both)
  await page.hears(['ticket_response', success('split_line', text)])
  expect(await counts()).toMatchObject([
    { ticket_count: 2, is_active: true },
    { ticket_count: 2, is_active: true },
  ])
})
