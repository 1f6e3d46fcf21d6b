import type { Server as HttpServer } from 'node:http'
import { Server as SocketServer } from 'socket.io'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { startServer } from '../src/testing/index.ts'
import { openSocket } from '../src/testing/test-socket.ts'
import { askHttp, askUpgrade } from './support/http-ask.ts'
import { openHttp } from './support/own-http.ts'
import { connect, until } from './support/sockets.ts'

const guest = { protocol: 1, workspace_id: 'demo', guest: true }

async function openChatOn(http: HttpServer, options: Partial<ChatServerOptions> = {}) {
  const chat = await startServer({ http, ...options })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= chat.close()
    return closing
  }
  onTestFinished(close)
  return { ...chat, close }
}

function listenersOf(http: HttpServer) {
  return Object.fromEntries(http.eventNames().map((name) => [name, http.rawListeners(name)]))
}

/** Connects over one transport only. */
async function expectChat(url: string, path = '/socket.io'): Promise<void> {
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const socket = await connect(url, guest, { path, transports })
    expect(socket.frames.at(-1)).toEqual(['connect'])
  }
}

describe('a chat server on a team’s own http server', () => {
  it('[ED1] leaves it as it was when it closes, so that the next one takes its place', async () => {
    const { http, url } = await openHttp((_, response) => response.end('own page'))
    const before = listenersOf(http)
    for (let each = 0; each < 3; each++) {
      const chat = await openChatOn(http)
      await expectChat(url)
      expect(await askHttp(`${url}/page`)).toMatchObject({ status: 200, body: 'own page' })
      await chat.close()
      expect(await askHttp(`${url}/page`)).toMatchObject({ status: 200, body: 'own page' })
      expect(listenersOf(http)).toEqual(before)
    }
  })

  it('[ED1] lets nobody in before it can say who they are', async () => {
    const { http, url } = await openHttp((_, response) => response.end('own page'))
    const store = await embeddedStore({ path: ':memory:' })
    let start = () => {}
    const started = new Promise<void>((resolve) => {
      start = resolve
    })
    const chat = openChatOn(http, {
      store: {
        ...store,
        changes: { ...store.changes, head: () => started.then(() => store.changes.head()) },
      },
    })
    const socket = openSocket(url, { auth: { protocol: 1 }, reconnection: true })
    onTestFinished(() => void socket.socket.close())
    await new Promise((resolve) => setTimeout(resolve, 200))
    start()
    await chat
    await until(() =>
      expect(socket.frames.at(-1)).toMatchObject(['connect_error', { code: 'unauthenticated' }]),
    )
    expect(socket.frames.map(([event]) => event)).not.toContain('connect')
  })

  it('[ED1] leaves listeners that came later where they are, and those of upgrades', async () => {
    const { http, url } = await openHttp((_, response) => response.end('own page'))
    const chat = await openChatOn(http)
    const later = () => undefined
    http.on('request', later)
    http.on('upgrade', later)
    await chat.close()
    expect(http.rawListeners('upgrade')).toEqual([later])
    expect(http.rawListeners('request')).toEqual([expect.any(Function), later])
    expect(await askHttp(`${url}/page`)).toMatchObject({ body: 'own page' })
  })

  it('[ED2] answers 404 to what is nobody’s', async () => {
    const { http, url } = await openHttp()
    await openChatOn(http)
    for (const path of ['/', '/health', '/socket.io/socket.io.js', '//socket.io/?EIO=4', '/socket.iox'])
      expect(await askHttp(`${url}${path}`), path).toMatchObject({
        status: 404,
        body: JSON.stringify({ status: 'failure', data: 'There is no such page' }),
      })
    expect(await askUpgrade(`${url}/elsewhere`)).toMatchObject({ status: 404 })
  })

  it('[ED2] leaves what is not its own to the listeners that there are, sooner or later', async () => {
    const { http, url } = await openHttp()
    await openChatOn(http)
    http.on('request', (request, response) => {
      if (request.url === '/late') setTimeout(() => response.end('late'), 20)
    })
    expect(await askHttp(`${url}/late`)).toMatchObject({ status: 200, body: 'late' })
    http.on('upgrade', (request, socket) => {
      if (request.url === '/late')
        socket.end('HTTP/1.1 418 I\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    })
    expect(await askUpgrade(`${url}/late`)).toMatchObject({ status: 418 })
    await expectChat(url)
  })
})

describe('a path', () => {
  it('[ED3] lets two chat servers share an http server, and close in either order', async () => {
    for (const first of [0, 1]) {
      const { http, url } = await openHttp()
      const chats = [await openChatOn(http), await openChatOn(http, { path: '/support/socket.io/' })]
      await expectChat(url)
      await expectChat(url, '/support/socket.io')
      await chats[first]?.close()
      await expectChat(url, first === 0 ? '/support/socket.io' : '/socket.io')
      expect(await askHttp(`${url}${first === 0 ? '/socket.io' : '/support/socket.io'}/`)).toMatchObject({
        status: 404,
      })
      await chats[1 - first]?.close()
      expect([http.listenerCount('request'), http.listenerCount('upgrade')]).toEqual([1, 0])
      expect(await askHttp(`${url}/socket.io/`)).toMatchObject({ status: 404 })
      http.on('request', (_, response) => response.end('own page'))
      expect(await askHttp(`${url}/socket.io/`)).toMatchObject({ body: 'own page' })
    }
  })

  it('[ED3] is refused where another chat server has it', async () => {
    const { http } = await openHttp()
    await openChatOn(http)
    await expect(startServer({ http })).rejects.toThrow(/^path: another chat server has \/socket\.io/)
  })

  it.each([['earlier'], ['later']])(
    '[ED3] lets another socket.io share the http server, which came %s',
    async (when) => {
      const { http, url } = await openHttp()
      const other = () => {
        const io = new SocketServer(http, { path: '/other' })
        onTestFinished(() => void io.disconnectSockets(true))
        return io
      }
      if (when === 'earlier') other()
      let chat = await openChatOn(http)
      if (when === 'later') other()
      for (let each = 0; each < 2; each++) {
        await expectChat(url)
        await connect(url, {}, { path: '/other' })
        await connect(url, {}, { path: '/other', transports: ['websocket'] })
        await chat.close()
        await connect(url, {}, { path: '/other' })
        const count = http.listenerCount('request')
        chat = await openChatOn(http)
        expect(http.listenerCount('request')).toBe(count)
      }
    },
  )

  it.each(['socket.io', '/', '', '/a b', '/a/../b', '/a?b', 'https://chat.example/socket.io'])(
    '[ED4] is refused at the start if it is none: %j',
    async (path) => {
      const { http } = await openHttp()
      await expect(startServer({ http, path })).rejects.toThrow(
        `path: expected a path such as /chat/socket.io, got ${path}`,
      )
    },
  )
})
