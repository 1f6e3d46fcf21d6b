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
