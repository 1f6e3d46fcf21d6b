import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { ConnectionError } from '../errors.ts'
import { until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'
import type { ChatAuth } from './auth.ts'

const refused = refusalOf('unauthenticated')

function open(url: string, auth: ChatAuth) {
  const client = createChatClient({ url, auth })
  const statuses: string[] = []
  client.connection.subscribe(() => statuses.push(client.connection.getSnapshot().status))
  onTestFinished(() => client.close())
  return { ...client, statuses }
}

const isOnline = ({ status }: { status: string }) => status === 'online'
const isRefused = ({ status }: { status: string }) => status === 'refused'

/** A getToken that answers `token 1`, `token 2` …, and rejects so many times first. */
function tokens(rejections = 0) {
  let asked = 0
  return {
    get asked() {
      return asked
    },
    getToken: async () => {
      asked += 1
      if (asked <= rejections) throw new Error(`The back end is away (${asked})`)
      return `token ${asked}`
    },
  }
}

it('[SE5] asks for a token at each connect, and sends nothing else of its auth', async () => {
  const { url, handshakes, sockets } = await openFakeServer({ admit: () => helloOf('ann') })
  const { getToken } = tokens()
  const ann = open(url, { getToken, user_id: 'ann' })
  ann.connect()
  await until(ann.connection, isOnline)
  sockets[0]?.conn.close()
  await expect.poll(() => handshakes.length).toBe(2)
  const device_id = expect.any(String) as string
  expect(handshakes).toEqual([
    { token: 'token 1', protocol: 1, device_id },
    { token: 'token 2', protocol: 1, device_id },
  ])
  expect(handshakes[0]?.device_id).toBe(handshakes[1]?.device_id)
})

it('[SE5] asks for the first token while the transport opens', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const source = tokens()
  open(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, source).connect()
  await expect.poll(() => source.asked).toBe(1)
})

it('[SE5] asks once where getToken is made anew meanwhile, as a page does that renders again', async () => {
  const { url, handshakes } = await openFakeServer({ admit: () => helloOf('ann') })
  const source = tokens()
  const ann = open(url, { getToken: () => source.getToken(), user_id: 'ann' })
  ann.connect()
  ann.update({ auth: { getToken: () => source.getToken(), user_id: 'ann' } })
  await until(ann.connection, isOnline)
  expect([source.asked, handshakes.length]).toEqual([1, 1])
})

it('[SE5] is offline while there is no token, says why, and connects once there is one', async () => {
  const { url, handshakes } = await openFakeServer({ admit: () => helloOf('ann') })
  const source = tokens(2)
  const ann = open(url, source)
  ann.connect()
  const { error } = await until(ann.connection, ({ status }) => status === 'offline')
  expect(error).toBeInstanceOf(ConnectionError)
  expect(error).toMatchObject({ code: 'unavailable', retrying: true, cause: { message: /away/ } })
  await until(ann.connection, isOnline)
  expect([source.asked, handshakes.length]).toEqual([3, 1])
  expect(ann.statuses).not.toContain('refused')
})

it.each<[string, unknown]>([
  ['no text', 7],
  ['an empty text', ''],
])('[SE5] takes %s for no token', async (_what, token) => {
  const { url, handshakes } = await openFakeServer({ admit: () => helloOf('ann') })
  const ann = open(url, { getToken: () => Promise.resolve(token as string) })
  ann.connect()
  await until(ann.connection, ({ status }) => status === 'offline')
  expect(handshakes).toEqual([])
})

it('[SE6] asks once more for a token when the server refuses one', async () => {
  const { url, handshakes } = await openFakeServer({
    admit: (_auth, n) => (n === 1 ? refused : helloOf('ann')),
  })
  const ann = open(url, tokens())
  ann.connect()
  await until(ann.connection, isOnline)
  expect(handshakes.map(({ token }) => token)).toEqual(['token 1', 'token 2'])
  expect(ann.statuses).not.toContain('refused')
})

it('[SE6] is refused after two tokens running, and goes on with the next connect', async () => {
  const { url, handshakes } = await openFakeServer({
    admit: (_auth, n) => (n <= 4 ? refused : helloOf('ann')),
  })
  const ann = open(url, tokens())
  ann.connect()
  const { error } = await until(ann.connection, isRefused)
  expect(error).toMatchObject({ code: 'unauthenticated', retrying: false })
  expect(handshakes).toHaveLength(2)
  ann.connect()
  await expect.poll(() => handshakes.length).toBe(4)
  await until(ann.connection, isRefused)
  ann.connect()
  await until(ann.connection, isOnline)
})

it('[SE6] is refused at once with a token that stays the same, and goes on with another', async () => {
  const { url, handshakes } = await openFakeServer({
    admit: ({ token }) => (token === 'bad' ? refused : helloOf('ann')),
  })
  const ann = open(url, { token: 'bad' })
  ann.connect()
  await until(ann.connection, isRefused)
  expect(handshakes).toHaveLength(1)
  ann.update({ auth: { token: 'good' } })
  await until(ann.connection, isOnline)
})

it('[SE6] does not ask for another token when the server refuses for another reason', async () => {
  const { url, handshakes } = await openFakeServer({ admit: () => refusalOf('unsupported_protocol') })
  const ann = open(url, tokens())
  ann.connect()
  const { error } = await until(ann.connection, isRefused)
  expect([error?.code, handshakes.length]).toEqual(['unsupported_protocol', 1])
})

it('[SE8] sends nothing of one user as another', async () => {
  const { url, received, sockets } = await openFakeServer({
    admit: (_auth, n) => helloOf(n === 2 ? 'bob' : 'ann'),
  })
  const ann = open(url, tokens())
  ann.connect()
  await until(ann.connection, isOnline)
  const lobby = ann.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  // Nobody answers, so that it stays in the outbox.
  void lobby.send('Hello')
  await expect.poll(() => received.length).toBe(2)
  received.length = 0
  ann.on.hello(() => void ann.request.join({ room: 'from a listener' }).catch(() => undefined))
  sockets[0]?.conn.close()

  const { error, session } = await until(ann.connection, isRefused)
  expect(error).toMatchObject({ code: 'forbidden', retrying: false })
  expect(session?.user_id).toBe('ann')
  void lobby.send('Later')
  expect(lobby.getSnapshot().messages.map(({ delivery }) => delivery)).toEqual(['sending', 'sending'])
  expect([sockets.length, received]).toEqual([2, []])
  expect(ann.statuses.slice(-1)).toEqual(['refused'])

  ann.connect()
  await until(ann.connection, isOnline)
  const events = () => received.map(([event]) => event)
  await expect.poll(events).toEqual(expect.arrayContaining(['join', 'send_messages']))
})

it('[SE8] is refused in another workspace, and as another user than the application says', async () => {
  const { url } = await openFakeServer({
    admit: (_auth, n) => helloOf('ann', { workspace_id: n === 1 ? 'demo' : 'other' }),
  })
  const ann = open(url, { token: 'a' })
  const release = ann.connect()
  await until(ann.connection, isOnline)
  release()
  await until(ann.connection, ({ status }) => status === 'idle')
  ann.connect()
  expect((await until(ann.connection, isRefused)).error?.code).toBe('forbidden')

  const bob = open(url, { ...tokens(), user_id: 'bob' })
  bob.connect()
  expect((await until(bob.connection, isRefused)).error?.code).toBe('forbidden')
})

it('[SE9] replaces what proves the same user, and nothing else', async () => {
  const { url, handshakes, sockets } = await openFakeServer({ admit: () => helloOf('ann') })
  const ann = open(url, { workspace_id: 'demo', api_key: 'key 1', user_id: 'ann', name: 'Ann' })
  ann.connect()
  await until(ann.connection, isOnline)
  ann.update({ auth: { workspace_id: 'demo', api_key: 'key 2', user_id: 'ann', name: 'Anna' } })
  expect(() => ann.update({ auth: { workspace_id: 'demo', api_key: 'key 2', user_id: 'bob' } })).toThrow(
    TypeError,
  )
  sockets[0]?.conn.close()
  await expect.poll(() => handshakes.length).toBe(2)
  expect(handshakes[1]).toMatchObject({ api_key: 'key 2', user_id: 'ann', name: 'Anna' })
})

it('tries nothing for a page that has let go, and connects as soon as one holds it again', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => random.mockRestore())
  const { url, handshakes, sockets } = await openFakeServer({ admit: () => helloOf('ann') })
  const ann = open(url, tokens())
  const letGo = ann.connect()
  await until(ann.connection, isOnline)
  // However long it takes to notice the end, it still lingers.
  const linger = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  linger()
  letGo()
  sockets[0]?.conn.close()
  await until(ann.connection, ({ status }) => status === 'offline')
  vi.advanceTimersByTime(1_000)
  await until(ann.connection, ({ status }) => status === 'idle')
  vi.useRealTimers()
  expect(ann.statuses.slice(-2)).toEqual(['offline', 'idle'])
  expect(handshakes).toHaveLength(1)

  const letGoAgain = ann.connect()
  await until(ann.connection, isOnline)
  linger()
  letGoAgain()
  sockets[1]?.conn.close()
  await until(ann.connection, ({ status }) => status === 'offline')
  vi.useRealTimers()
  ann.connect()
  await until(ann.connection, isOnline)
  expect(handshakes).toHaveLength(3)
})
