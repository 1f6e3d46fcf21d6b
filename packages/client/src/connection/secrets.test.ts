import { inspect } from 'node:util'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'
import type { ChatAuth } from './auth.ts'

const canary = 'canary-4711'
const guest = { guest: true, workspace_id: 'demo' } as const

it.each<[string, ChatAuth]>([
  ['a token', { token: canary }],
  ['a getToken', { getToken: async () => canary }],
  ['a server key', { workspace_id: 'demo', api_key: canary, user_id: 'ann' }],
  ['a guest token', guest],
])('[SE10] shows %s nowhere', async (_what, auth) => {
  const logs = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
  onTestFinished(() => {
    for (const log of logs) log.mockRestore()
  })
  const { url, sockets } = await openFakeServer({
    admit: (_auth, n) => (n === 1 ? helloOf('ann', { guest_token: canary }) : refusalOf('unauthenticated')),
    answers: { renew_token: () => ({ status: 'failure', data: 'No', error: refusalOf('forbidden') }) },
  })
  const client = createChatClient({ url, auth })
  onTestFinished(() => client.close())
  const seen: unknown[] = []
  client.on.hello((hello) => seen.push(hello))
  client.connection.subscribe(() => seen.push(client.connection.getSnapshot()))
  client.connect()
  await until(client.connection, ({ status }) => status === 'online')
  sockets[0]?.emit('token_expiring', {})
  sockets[0]?.conn.close()
  await until(client.connection, ({ status }) => status === 'refused')
  seen.push(client, await client.request.leave({ room: 'r' }).catch((error: unknown) => error))
  const shown = [inspect(seen, { depth: 20, showHidden: true }), JSON.stringify(seen)]
  for (const text of shown) expect(text).not.toContain(canary)
  expect(shown[0]).toContain('refused')
  expect(logs.flatMap(({ mock }) => mock.calls)).toEqual([])
})
