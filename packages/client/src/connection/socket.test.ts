import { expect, it, onTestFinished } from 'vitest'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import { ChatSocket } from './socket.ts'

/** A socket, and what it tells of, with the first thing that each event says. */
function openSocket(url: string, events: readonly string[] = [], shake: object = { user_id: 'ann' }) {
  const socket = new ChatSocket({ url, transports: ['websocket'], shakeHands: (send) => send(shake) })
  const told: unknown[][] = []
  for (const event of ['connect', 'connect_error', 'disconnect', ...events])
    socket.on(event, (first?: unknown) => told.push([event, first]))
  onTestFinished(() => socket.disconnect())
  socket.connect()
  return { socket, told }
}

async function openServer() {
  const server = await openFakeServer({ admit: () => helloOf('ann'), answers: { echo: (sent) => sent } })
  const ask = (socket: ChatSocket, name: string, timeoutMs = 10_000) =>
    new Promise<unknown>((resolve) =>
      socket.emit(name, { a: 'ä' }, timeoutMs, (error, answer) => resolve(error ?? answer)),
    )
  return { ...server, ask }
}

it('[TR15] is let in, hears what was said before that, asks, and is told why a connection ended', async () => {
  const { url, io, ask, handshakes } = await openServer()
  const { socket, told } = openSocket(url, ['hello', 'news'])
  await expect.poll(() => socket.connected).toBe(true)
  expect(handshakes).toEqual([{ user_id: 'ann' }])
  expect(told).toMatchObject([
    ['hello', { user_id: 'ann' }],
    ['connect', undefined],
  ])
  expect(await ask(socket, 'echo')).toMatchObject({ status: 'success', data: { a: 'ä' } })
  // A server may ask for an answer, and gets none.
  io.timeout(5_000).emit('news', 'one', () => {})
  await expect.poll(() => told.at(-1)).toEqual(['news', 'one'])
  io.disconnectSockets()
  await expect.poll(() => told.at(-1)).toEqual(['disconnect', 'io server disconnect'])
  expect([socket.connected, socket.active, socket.id]).toEqual([false, false, undefined])
})

it('[TR15] answers with an error what the server does not answer in time, or before the connection ends', async () => {
  const { url, ask } = await openServer()
  const { socket, told } = openSocket(url)
  await expect.poll(() => socket.connected).toBe(true)
  expect(await ask(socket, 'unanswered', 50)).toBeInstanceOf(Error)
  const [lost, none] = [ask(socket, 'unanswered'), ask(socket, 'unanswered')]
  socket.disconnect()
  expect(await Promise.all([lost, none])).toEqual([expect.any(Error), expect.any(Error)])
  expect(told.at(-1)).toEqual(['disconnect', 'io client disconnect'])
  // Nothing is kept for the next connection.
  const late = ask(socket, 'echo', 300)
  socket.connect()
  await expect.poll(() => socket.connected).toBe(true)
  expect(await late).toBeInstanceOf(Error)
})

it('[TR15] says what refuses it: the server, an unknown namespace, or nobody there', async () => {
  const refusing = await openFakeServer({ admit: () => ({ code: 'unauthenticated', message: 'No' }) })
  const { socket, told } = openSocket(refusing.url)
  await expect.poll(() => told).toHaveLength(1)
  expect(told[0]).toMatchObject(['connect_error', { message: 'Refused', data: { code: 'unauthenticated' } }])
  expect(socket.active).toBe(false)
  const elsewhere = openSocket(`${refusing.url}/elsewhere`)
  await expect.poll(() => elsewhere.told).toMatchObject([['connect_error', { message: 'Invalid namespace' }]])
  const nobody = openSocket('http://127.0.0.1:9')
  await expect.poll(() => nobody.told).toMatchObject([['connect_error', expect.any(Error)]])
  expect(nobody.socket.active).toBe(true)
})

it.each([
  ['no text of the protocol', 'x'],
  ['no JSON', '42[nonsense'],
  ['no event', '42{}'],
  ['an event of the socket itself', '42["disconnect"]'],
  ['an answer that is no list', '4317'],
  ['bytes', Buffer.from('42["news"]')],
])('[TR15] ends a connection that sends %s', async (_what, frame) => {
  const { url, sockets } = await openServer()
  const { socket, told } = openSocket(url, ['news'])
  await expect.poll(() => socket.connected).toBe(true)
  const raw = frame.toString()
  sockets[0]?.conn.write(typeof frame === 'string' ? raw.replace(/^4/, '') : (frame as never))
  await expect.poll(() => told.at(-1)).toEqual(['disconnect', 'parse error'])
  expect(socket.connected).toBe(false)
})

it('[TR15] takes an address without a scheme, and frames of other namespaces for nothing', async () => {
  const { url, sockets } = await openServer()
  expect(() => new ChatSocket({ url: 'chat.example', shakeHands() {} })).not.toThrow()
  const { socket, told } = openSocket(url, ['news'])
  await expect.poll(() => socket.connected).toBe(true)
  sockets[0]?.conn.write('2/other,["news","not for us"]')
  sockets[0]?.emit('news', 'for us')
  await expect.poll(() => told.at(-1)).toEqual(['news', 'for us'])
  expect(told).toHaveLength(2)
})
