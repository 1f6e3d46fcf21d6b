import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'

const isOnline = ({ status }: { status: string }) => status === 'online'

/** A server that answers `renew_token` with each of these in turn, and a user with fresh tokens. */
async function openExpiring(answers: readonly object[], rejectedAt: readonly number[] = []) {
  let answered = 0
  const fake = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: { renew_token: () => answers[answered++] ?? helloOf('ann') },
  })
  let asked = 0
  const getToken = async () => {
    asked += 1
    if (rejectedAt.includes(asked)) throw new Error('The back end is away')
    return `token ${asked}`
  }
  const ann = createChatClient({ url: fake.url, auth: { getToken } })
  onTestFinished(() => ann.close())
  ann.connect()
  await until(ann.connection, isOnline)
  const statuses: string[] = []
  ann.connection.subscribe(() => statuses.push(ann.connection.getSnapshot().status))
  const expire = () => fake.sockets[0]?.emit('token_expiring', { expires_at: '2026-01-01T00:00:00.000Z' })
  return { ...fake, ann, expire, statuses }
}

it('[SE7] renews the token on the open connection when the server says that it expires', async () => {
  const { ann, expire, received, sockets, statuses } = await openExpiring([helloOf('ann', { role: 'agent' })])
  expire()
  await until(ann.connection, ({ session }) => session?.role === 'agent')
  expect(received).toEqual([['renew_token', { token: 'token 2' }]])
  expect([sockets.length, new Set(statuses)]).toEqual([1, new Set(['online'])])
})

it('[SE16] loads what is held again when a renewal changes what one may do', async () => {
  const rights = { role: 'agent', can: ['get_tickets'] }
  const { ann, expire, received } = await openExpiring([
    helloOf('ann', { name: 'Ann' }),
    helloOf('ann', { ...rights, name: 'Ann' }),
  ])
  onTestFinished(ann.tickets.list().retain())
  const loads = () => received.filter(([event]) => event === 'get_tickets').length
  await expect.poll(loads).toBe(1)
  expire()
  await until(ann.connection, ({ session }) => session?.name === 'Ann')
  expect(loads()).toBe(1)
  expire()
  await until(ann.connection, ({ session }) => session?.role === 'agent')
  await expect.poll(loads).toBe(2)
})

it('[SE7] tries again while there is no token, or the server cannot take it', async () => {
  const failure = { status: 'failure', data: 'No', error: refusalOf('unavailable') }
  const { ann, expire, received } = await openExpiring([failure, helloOf('ann', { name: 'Ann' })], [2])
  expire()
  await until(ann.connection, ({ session }) => session?.name === 'Ann')
  expect(received.map(([, payload]) => payload)).toEqual([{ token: 'token 3' }, { token: 'token 4' }])
})

it('[SE7] stops renewing when the connection ends', async () => {
  const { ann, expire, received, sockets } = await openExpiring([], [2, 3])
  expire()
  sockets[0]?.conn.close()
  await until(ann.connection, ({ status }) => status === 'offline')
  await until(ann.connection, isOnline)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(received).toEqual([])
})

it('[SE7] renews with another token that the application gives, and with no other', async () => {
  const { url, received, sockets } = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: { renew_token: () => helloOf('ann', { name: 'Ann' }), leave: () => ({ room: 'r' }) },
  })
  const ann = createChatClient({ url, auth: { token: 'first' } })
  onTestFinished(() => ann.close())
  ann.connect()
  await until(ann.connection, isOnline)
  async function expire(): Promise<void> {
    sockets[0]?.emit('token_expiring', { expires_at: '2026-01-01T00:00:00.000Z' })
    await ann.request.leave({ room: 'r' })
  }
  await expire()
  ann.update({ auth: { token: 'first' } })
  ann.update({ auth: { token: 'second' } })
  await until(ann.connection, ({ session }) => session?.name === 'Ann')
  await expire()
  expect(received.filter(([event]) => event === 'renew_token')).toEqual([
    ['renew_token', { token: 'second' }],
  ])
})
