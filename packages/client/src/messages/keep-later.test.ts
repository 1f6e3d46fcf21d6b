import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'

// The file of the code that keeps messages cannot be fetched for a while.
const file = vi.hoisted(() => ({ isLost: false }))
vi.mock('../live/loader.ts', async (original) => {
  const { createLoader } = await original<typeof import('../live/loader.ts')>()
  const createLosing: typeof createLoader = (fetch) => {
    const loader = createLoader(fetch)
    const load: typeof loader.load = async (request) => {
      if (file.isLost && request === 'send_messages') throw new TypeError('Failed to fetch')
      return loader.load(request)
    }
    return { ...loader, load }
  }
  return { createLoader: createLosing }
})

it('[OX8] erases what an earlier load has left also where the code for that comes only with the connection', async () => {
  const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warnings.mockRestore())
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  link.cut()
  const rows = new Map<string, string>()
  const storage = {
    get: async (key: string) => rows.get(key),
    set: async (key: string, value: string) => void rows.set(key, value),
    remove: async (key: string) => rows.delete(key),
  }
  const load = () => {
    const opened = createChatClient({ url: link.url, auth: authOf('ann'), storage, outbox: { keep: true } })
    onTestFinished(() => opened.close())
    opened.connect()
    return opened
  }
  const reader = client('reader')
  onTestFinished(reader.connect())
  const room = reader.rooms.messages('r')
  onTestFinished(room.retain())
  await until(room, ({ sync }) => sync === 'live')
  const before = load()
  void before.rooms.messages('r').send('secret')
  await until(before.outbox, ({ unsent, isKept }) => unsent > 0 && isKept)
  before.close()

  file.isLost = true
  const ann = load()
  ann.outbox.discardAll()
  await expect.poll(() => warnings.mock.calls.length).toBe(1)
  file.isLost = false
  link.mend()
  await until(ann.connection, ({ status }) => status === 'online')
  await expect.poll(() => [...rows.values()].join('')).not.toContain('secret')
  await ann.rooms.messages('r').send('after')
  await until(room, ({ messages }) => textsOf(messages).includes('after'))
  expect(textsOf(room.getSnapshot().messages)).toEqual(['after'])
})
