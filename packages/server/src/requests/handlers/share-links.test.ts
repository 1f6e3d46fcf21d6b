import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../../testing/connect.ts'

const other = { workspace_id: 'other', api_key: 'other-key' }
const newLink = () => ({
  number_of_links: 2,
  product_distribution: { sales: 2 },
  usernames: ['Ann'],
  url: 'https://shop.example/help?lang=en',
  cid: randomUUID(),
})

it('[TK8] lets admins make a share link, once, which whoever knows its id may look at', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  const payload = newLink()
  const made = await admin.request('create_share_link', payload)
  expect(made).toMatchObject({ available_links: 2, product_distribution: { sales: 2 }, is_active: true })
  expect(made.link).toBe(`https://shop.example/help?lang=en&link_id=${made.link_id}`)
  expect(made.link_id).toMatch(/^\d{20}$/)
  expect(await admin.request('create_share_link', payload)).toEqual(made)
  expect(await admin.refusal('create_share_link', { ...payload, usernames: [] })).toBe('conflict')
  expect(await admin.refusal('create_share_link', { ...newLink(), url: 'javascript:alert(1)' })).toBe(
    'invalid_payload',
  )

  const stranger = await chat.connect('eve', other)
  expect(await stranger.request('get_share_link', { link_id: made.link_id })).toEqual(made)
  expect(await stranger.refusal('get_share_link', { link_id: '1'.repeat(20) })).toBe('not_found')
  for (const role of ['customer', 'agent'] as const) {
    const socket = await chat.connect(role, { role })
    expect(await socket.refusal('create_share_link', newLink())).toBe('forbidden')
  }
})

/** A shop that lets nobody say `bad`, and whose customers have one open ticket each; answers a link for so many tickets, and what is left of it. */
async function withLink(links: number, usernames: readonly string[] = []) {
  const chat = await openChat(onTestFinished, {
    limits: { userOpenTickets: 1 },
    beforeMessage: ({ message_data }) => (message_data === 'bad' ? { refuse: 'No' } : undefined),
  })
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  const made = { ...newLink(), number_of_links: links, product_distribution: { sales: links } }
  const link = await admin.request('create_share_link', { ...made, usernames: [...usernames] })
  const { link_id } = link
  const opening = (more: object = {}) => ({ product: 'sales', link_id, cid: randomUUID(), ...more })
  return { chat, admin, link, opening, left: () => admin.request('get_share_link', { link_id }) }
}

it('[TK8] leaves a link as it was where its ticket is refused', async () => {
  const { chat, admin, link, opening, left } = await withLink(1, ['Ann'])
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const withFile = opening({ attachments: [{ upload_id: 'none' }] })
  expect(await ann.refusal('create_ticket', withFile)).toBe('forbidden')
  expect(await ann.refusal('create_ticket', opening({ message_data: 'bad' }))).toBe('forbidden')
  expect(await admin.refusal('create_ticket', opening({ message_data: 'bad' }))).toBe('forbidden')
  const used = { product: 'sales', cid: randomUUID() }
  await ann.request('create_ticket', used)
  expect(await ann.refusal('create_ticket', opening())).toBe('limit_reached')
  expect(await ann.refusal('create_ticket', opening({ cid: used.cid }))).toBe('conflict')
  expect(await left()).toEqual(link)

  const good = opening({ message_data: 'good' })
  const ticket = await ben.request('create_ticket', good)
  expect(ticket).toMatchObject({ user_id: 'ben', display_name: 'Ann' })
  expect(await ben.request('create_ticket', good)).toEqual(ticket)
  expect(await left()).toMatchObject({ available_links: 0, is_active: false, usernames: [] })
  expect(await ann.refusal('create_ticket', opening())).toBe('limit_reached')
})

it('[TK8] gives the last of a link to one of two who use it at once', async () => {
  const { chat, opening, left } = await withLink(1)
  const both = [await chat.connect('ann'), await chat.connect('ben')]
  const answers = await Promise.all(both.map((one) => one.ask('create_ticket', opening())))
  expect(answers.map(({ status }) => status).sort()).toEqual(['failure', 'success'])
  expect((await left()).available_links).toBe(0)
})

it('[TK9] keeps one meta setting for a workspace', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  expect(await admin.request('get_meta_setting', {})).toBeNull()
  await admin.request('set_meta_setting', { waiting_time: '5', operation_time: '9-17' })
  const last = await admin.request('set_meta_setting', { waiting_time: '10', operation_time: '9-17' })
  expect(last).toMatchObject({ waiting_time: '10', operation_time: '9-17' })
  expect(await admin.request('get_meta_setting', {})).toEqual(last)
  const stranger = await chat.connect('root', { role: 'admin', ...other })
  expect(await stranger.request('get_meta_setting', {})).toBeNull()
})
