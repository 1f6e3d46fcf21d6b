import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedStore, type Store } from '@dowellchat/server'
import { startServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openClient, until } from '../testing/chat.ts'
import { numbered, storeMessages } from '../testing/stored-room.ts'
import { textsOf } from '../testing/texts-of.ts'
import type { StreamReset } from './entry-log.ts'
import type { LiveStream } from './live-stream.ts'

const append = (store: Store, texts: readonly string[]) => storeMessages(store, 'r', texts)

/** A server at one address, whose data folder the test replaces while it is down. */
async function openReplaceable() {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const http = await openHttp()
  const change = async (name: string, work: (store: Store) => Promise<void>) => {
    const store = await embeddedStore({ path: join(folder, name) })
    await work(store)
    await store.close()
  }
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    change,
    copy: (from: string, to: string) => cpSync(join(folder, from), join(folder, to), { recursive: true }),
    async start(name: string) {
      const server = await startServer({ http, store: await embeddedStore({ path: join(folder, name) }) })
      onTestFinished(() => server.close())
      return () => server.close()
    },
  }
}

async function openHttp(): Promise<Server> {
  const http = createServer((_request, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void http.close(() => resolve())))
  return http
}

/** A room that is followed, and what has happened to it. */
function follow(url: string, user: string) {
  const client = openClient(url, user)
  onTestFinished(client.connect())
  const room = client.rooms.messages('r')
  onTestFinished(room.retain())
  const resets = new Set<StreamReset>()
  const seen = { resets, connects: 0 }
  room.subscribe(() => {
    const { reset } = room.getSnapshot()
    if (reset) resets.add(reset)
  })
  client.on.hello(() => {
    seen.connects += 1
  })
  return { client, room, seen }
}

const isLive = (room: LiveStream, count: number) =>
  until(room, ({ sync, messages }) => sync === 'live' && messages.length === count)

type Replaceable = Awaited<ReturnType<typeof openReplaceable>>
const causes: Record<string, { now: string[]; replace(server: Replaceable): Promise<string> }> = {
  epoch: {
    now: numbered('of another store', 2),
    async replace({ change }) {
      await change('wiped', (store) => append(store, numbered('of another store', 2)))
      return 'wiped'
    },
  },
  ahead: { now: numbered('early', 5), replace: async () => 'copy' },
  replaced: {
    now: [...numbered('early', 5), ...numbered('written over', 8)],
    async replace({ change }) {
      await change('copy', (store) => append(store, numbered('written over', 8)))
      return 'copy'
    },
  },
  truncated: {
    now: numbered('kept', 3),
    async replace({ change }) {
      await change('data', async (store) => {
        await append(store, numbered('missed', 4))
        await store.streams.prune('demo', new Date(Date.now() + 60_000).toISOString(), null)
        await append(store, numbered('kept', 3))
      })
      return 'data'
    },
  },
}

it.each(Object.entries(causes))(
  '[LG6] says once that the history was replaced (%s), from where, and shows what a new client shows',
  async (reason, { now, replace }) => {
    // How long clients wait before they return is random, up to some seconds.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.1)
    onTestFinished(() => random.mockRestore())
    const server = await openReplaceable()
    await server.change('data', (store) => append(store, numbered('early', 5)))
    server.copy('data', 'copy')
    await server.change('data', (store) => append(store, numbered('late', 5)))
    const stop = await server.start('data')
    const { room, seen } = follow(server.url, 'ann')
    await isLive(room, 10)
    const last = room.getSnapshot().messages.at(-1)?.message
    expect([room.getSnapshot().reset, seen.connects]).toEqual([null, 1])

    await stop()
    await server.start(await replace(server))
    const back = await until(room, ({ reset, sync }) => reset !== null && sync === 'live')
    expect(back.reset).toMatchObject({ reason, from: { seq: 10, id: last?._id } })
    const fresh = follow(server.url, 'ben').room
    await isLive(fresh, now.length)
    const rows = () => room.getSnapshot().messages.map(({ message }) => message)
    expect(textsOf(room.getSnapshot().messages)).toEqual(now)
    expect(rows()).toEqual(fresh.getSnapshot().messages.map(({ message }) => message))
    expect(room.getSnapshot().hasOlder).toBe(fresh.getSnapshot().hasOlder)

    await fresh.send('after it')
    await isLive(room, now.length + 1)
    expect([seen.resets.size, seen.connects]).toEqual([1, 2])
    expect(room.getSnapshot().reset).toBe(back.reset)
  },
)
