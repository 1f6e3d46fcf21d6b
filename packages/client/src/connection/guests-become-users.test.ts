// Guests with a real server; their tabs are in guests-in-tabs.test.ts, what a server refuses in guests.test.ts.

import { signUserToken } from '@dowellchat/server/tokens'
import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { openChat, until } from '../testing/chat.ts'
import type { ChatAuth } from './auth.ts'
import type { ChatStorage } from './guest-tokens.ts'

const secret = 'a secret of the team that is long enough'
const guest = { guest: true, workspace_id: 'demo' } as const

function storageOf(content: Map<string, string>): ChatStorage {
  return {
    get: async (key) => content.get(key),
    set: async (key, value) => content.set(key, value),
    remove: async (key) => content.delete(key),
  }
}

it('[SE12] a guest opens a ticket, reloads, logs in in two tabs at once, and has it once', async () => {
  const { server, client } = await openChat({ tokens: { secrets: [secret] } })
  const admin = client('admin', { role: 'admin' })
  admin.connect()
  await until(admin.connection, ({ status }) => status === 'online')
  await admin.topics.create({ name: 'billing' })
  const content = new Map<string, string>()

  async function enter(auth: ChatAuth, storage = storageOf(content)) {
    const page = createChatClient({ url: server.url, auth, storage })
    onTestFinished(() => page.close())
    page.connect()
    const { session } = await until(page.connection, ({ status }) => status === 'online')
    return { page, session }
  }

  const first = await enter(guest)
  const { _id } = await first.page.tickets.create({ product: 'billing' })
  await first.page.tickets.messages(_id).send('Help!')
  await expect.poll(() => content.size).toBe(1)
  first.page.close()
  const reloaded = await enter(guest)
  expect(reloaded.session?.user_id).toBe(first.session?.user_id)
  expect((await reloaded.page.request.get_tickets({})).tickets.map((ticket) => ticket._id)).toEqual([_id])
  const keptBefore = new Map(content)
  reloaded.page.close()

  const getToken = () => signUserToken({ user_id: 'ann', workspace_id: 'demo' }, { secret })
  const tabs = await Promise.all([enter({ getToken }), enter({ getToken, workspace_id: 'demo' })])
  for (const { page, session } of tabs) {
    expect(session).toMatchObject({ user_id: 'ann', guest_ids: [first.session?.user_id] })
    expect((await page.request.get_tickets({})).tickets.map((ticket) => ticket._id)).toEqual([_id])
    const conversation = page.tickets.messages(_id)
    onTestFinished(conversation.retain())
    const { messages } = await until(conversation, ({ sync }) => sync === 'live')
    expect(messages).toMatchObject([{ message: { message_data: 'Help!' }, isOwn: true }])
  }
  await expect.poll(() => content.size).toBe(0)

  // The old guest token is dead: whoever brings it is another guest.
  const late = await enter(guest, storageOf(keptBefore))
  expect(late.session?.is_guest).toBe(true)
  expect(late.session?.user_id).not.toBe(first.session?.user_id)
})
