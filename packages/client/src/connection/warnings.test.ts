import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'

/** What is written to the console while the environment is of this kind. */
function listen(kind: string) {
  vi.stubEnv('NODE_ENV', kind)
  const spy = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => {
    vi.unstubAllEnvs()
    spy.mockRestore()
  })
  return () => spy.mock.calls.map(([text]) => String(text))
}

const isRefused = ({ status }: { status: string }) => status === 'refused'

it('[TR10] names the cure of a refusal, once', async () => {
  const said = listen('development')
  const { url } = await openFakeServer({ admit: () => refusalOf('unauthenticated') })
  for (const name of ['ann', 'bob']) {
    const client = openClient(url, name)
    client.connect()
    await until(client.connection, isRefused)
  }
  await expect.poll(said).toEqual([expect.stringMatching(/unauthenticated.*getToken/)])
})

it.each(['production', 'test'])('[TR10] says nothing in %s', async (kind) => {
  const said = listen(kind)
  const { url } = await openFakeServer({ admit: () => refusalOf('forbidden') })
  const ann = openClient(url, 'ann')
  ann.connect()
  await until(ann.connection, isRefused)
  // Longer than loading the warnings takes, which the test before has done.
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(said()).toEqual([])
})

it('[TR10] names a role that was not granted, and whoever waits for a client that nobody connects', async () => {
  const said = listen('development')
  const { url } = await openFakeServer({ admit: () => helloOf('ann') })
  const ann = openClient(url, 'ann', { role: 'admin' })
  const ready = ann.ready()
  await expect.poll(said).toEqual([expect.stringContaining('client.connect()')])
  ann.connect()
  await ready
  await expect.poll(said).toContainEqual(expect.stringMatching(/"admin".*"customer"/))
})

it('[TR10] names sticky sessions where a server does not know the session', async () => {
  const said = listen('development')
  // What engine.io answers for a session that another server has opened.
  const http = createServer((_request, response) =>
    response.writeHead(400).end('{"code":1,"message":"Session ID unknown"}'),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  const { port } = http.address() as AddressInfo
  openClient(`http://127.0.0.1:${port}`, 'ann').connect()
  await expect.poll(said).toEqual([expect.stringContaining("transports: ['websocket']")])
})

it('[TR10] names two copies of the package, and clients without end', async () => {
  const said = listen('development')
  vi.stubGlobal('document', {})
  onTestFinished(() => void vi.unstubAllGlobals())
  const create = (): unknown => createChatClient({ url: 'http://127.0.0.1:9', auth: authOf('ann') })
  create()
  vi.resetModules()
  const other = await import('../client.ts')
  other.createChatClient({ url: 'http://127.0.0.1:9', auth: authOf('ann') })
  await expect.poll(said).toEqual([expect.stringContaining('Two copies')])
  for (let n = 0; n < 10; n += 1) create()
  await expect.poll(said).toContainEqual(expect.stringContaining('ChatProvider'))
})
