import { setTimeout as pause } from 'node:timers/promises'
import { createChatClient } from '../../../packages/client/src/index.ts'

/** What a reader is told, and what it answers. */
export type Order =
  | { readonly order: 'load'; readonly url: string; readonly room: string; readonly loaded: number }
  | { readonly order: 'follow'; readonly isReading: boolean; readonly until: string }
  | { readonly order: 'leave' }
export interface Answer {
  readonly cpuMs: number
  readonly loaded: number
  readonly heapBytes: number
}

// A program of its own: its process does nothing but what the SDK does for one reader.
let client: ReturnType<typeof createChatClient> | undefined
let leave = (): void => {}
let room: ReturnType<ReturnType<typeof createChatClient>['rooms']['messages']> | undefined

async function load(url: string, name: string, loaded: number): Promise<void> {
  const auth = { workspace_id: 'demo', api_key: 'demo-key', user_id: `reader of ${name}` }
  client = createChatClient({ url, auth, keptMessages: { atEnd: loaded, scrolledUp: loaded } })
  client.connect()
  room = client.rooms.messages(name)
  leave = room.retain()
  while (room.getSnapshot().sync !== 'live') await pause(5)
  while (await room.loadOlder());
  room.trim()
}

/** Follows the room until a message comes; as a page does that reads the list each time, or only learns that it changed. */
function follow(isReading: boolean, until: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = room?.subscribe(() => {
      const state = room?.getSnapshot()
      if (isReading && state?.messages.at(-1)?.message.message_data === undefined)
        throw new Error('No messages')
    })
    const end = client?.on.entries(({ entries }) => {
      if (!entries.some((entry) => 'message_data' in entry && entry.message_data === until)) return
      stop?.()
      end?.()
      resolve()
    })
    process.send?.('following')
  })
}

async function obey(told: Order): Promise<Answer> {
  const before = process.cpuUsage()
  if (told.order === 'load') await load(told.url, told.room, told.loaded)
  if (told.order === 'follow') await follow(told.isReading, told.until)
  if (told.order === 'leave') {
    leave()
    await pause(1_500)
  }
  const { user, system } = process.cpuUsage(before)
  const loaded = room?.getSnapshot().messages.length ?? 0
  if (told.order !== 'follow') globalThis.gc?.()
  return { cpuMs: (user + system) / 1_000, loaded, heapBytes: process.memoryUsage().heapUsed }
}

process.on('message', (told: Order) => void obey(told).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit())
