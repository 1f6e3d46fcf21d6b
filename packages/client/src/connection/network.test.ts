import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openChat, until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'

const isOnline = ({ status }: { status: string }) => status === 'online'
const isOffline = ({ status }: { status: string }) => status === 'offline'

/** A client at an address that is not known as this computer's own, whose network the test is. */
async function openPhone() {
  const fake = await openFakeServer({ admit: () => helloOf('ann') })
  let tell = (_isOnline: boolean): void => {}
  const stopped = vi.fn()
  const ann = createChatClient({
    url: fake.url.replace('127.0.0.1', '0.0.0.0'),
    auth: authOf('ann'),
    network(told) {
      tell = told
      return stopped
    },
  })
  onTestFinished(() => ann.close())
  return { ...fake, ann, stopped, tell: (is: boolean) => tell(is) }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('[TR1] is offline as soon as the device is, tries nothing meanwhile, and returns with the network', async () => {
  const { ann, tell, handshakes, sockets } = await openPhone()
  ann.connect()
  const { session } = await until(ann.connection, isOnline)
  const statuses: string[] = []
  ann.connection.subscribe(() => statuses.push(ann.connection.getSnapshot().status))
  tell(false)
  expect(ann.connection.getSnapshot()).toMatchObject({
    status: 'offline',
    session,
    error: { code: 'unavailable', retrying: true, message: 'This device has no network' },
  })
  // The first attempts after a failure come within one and two seconds.
  await pause(2_000)
  expect([handshakes.length, new Set(statuses)]).toEqual([1, new Set(['offline'])])
  tell(true)
  await until(ann.connection, isOnline)
  expect([handshakes.length, sockets.length]).toEqual([2, 2])
})

it('[TR1] does not try to connect while the device has no network', async () => {
  vi.stubGlobal('navigator', { onLine: false })
  onTestFinished(() => void vi.unstubAllGlobals())
  const { url, handshakes } = await openFakeServer({ admit: () => helloOf('ann') })
  const ann = createChatClient({ url: url.replace('127.0.0.1', '0.0.0.0'), auth: authOf('ann') })
  onTestFinished(() => ann.close())
  ann.connect()
  expect(ann.connection.getSnapshot().status).toBe('offline')
  await pause(1_200)
  expect(handshakes).toEqual([])
})

it('[TR2] reaches a server on its own computer without any network', async () => {
  vi.stubGlobal('navigator', { onLine: false })
  onTestFinished(() => void vi.unstubAllGlobals())
  const { client } = await openChat()
  const ann = client('ann')
  ann.connect()
  await until(ann.connection, isOnline)
})

it('[TR3] tries at once when the network may be back', async () => {
  const { ann, tell, io, stopped } = await openPhone()
  // The next attempt by itself is twenty seconds away.
  const random = vi.spyOn(Math, 'random').mockReturnValue(20)
  onTestFinished(() => random.mockRestore())
  let isDown = true
  io.engine.opts.allowRequest = (_request: unknown, decide: (error: null, isAllowed: boolean) => void) =>
    decide(null, !isDown)
  ann.connect()
  await until(ann.connection, isOffline)
  isDown = false
  random.mockReturnValue(0)
  tell(true)
  await until(ann.connection, isOnline)
  ann.close()
  expect(stopped).toHaveBeenCalledTimes(1)
})

it('[TR3] does not try before the server allows it, whatever wakes it, and however its clock is set', async () => {
  const times: number[] = []
  const { url } = await openFakeServer({
    admit(_auth, n) {
      times.push(performance.now())
      return n === 1 ? refusalOf('rate_limited', { retry_after_ms: 1_500 }) : helloOf('ann')
    },
  })
  const told: ((isOnline: boolean) => void)[] = []
  const ann = createChatClient({
    url,
    auth: authOf('ann'),
    network(tell) {
      told.push(tell)
      return () => {}
    },
  })
  onTestFinished(() => ann.close())
  ann.connect()
  await until(ann.connection, isOffline)
  vi.setSystemTime(Date.now() - 3_600_000)
  onTestFinished(() => void vi.useRealTimers())
  told[0]?.(true)
  await until(ann.connection, isOnline)
  // By the clock of timers, which may be a millisecond early.
  expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(1_490)
})

it('[TR5] asks nothing while the server is heard, and asks when the application may have slept', async () => {
  const { ann, tell, io, sockets } = await openPhone()
  ann.connect()
  await until(ann.connection, isOnline)
  const frames: unknown[] = []
  sockets[0]?.conn.on('packet', ({ type, data }: { type: string; data: unknown }) => {
    if (type === 'message') frames.push(data)
  })
  // Only the test's own time passes: on a slow machine the server would be silent for more than a second.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  onTestFinished(() => void vi.useRealTimers())
  for (let times = 0; times < 3; times += 1) {
    await pause(500)
    vi.setSystemTime(Date.now() + 500)
    io.emit('waiting_time_response', {})
  }
  await pause(100)
  tell(true)
  await pause(100)
  expect(frames).toEqual([])
  vi.setSystemTime(Date.now() + 1_100)
  tell(true)
  await expect.poll(() => frames.length).toBe(1)
  expect(ann.connection.getSnapshot().status).toBe('online')
})
