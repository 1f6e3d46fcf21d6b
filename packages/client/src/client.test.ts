import { expect, it, onTestFinished, vi } from 'vitest'
import { ConnectionError, isRequestError } from './errors.ts'
import { openChat, openClient, until } from './testing/chat.ts'

it('connects when it is held, once, and closes a second after it is let go', async () => {
  const { client } = await openChat()
  const ann = client('ann', { name: 'Ann' })
  expect(ann.connection.getSnapshot().status).toBe('idle')
  const statuses: string[] = []
  ann.connection.subscribe(() => statuses.push(ann.connection.getSnapshot().status))
  // As StrictMode mounts: hold, let go, hold.
  ann.connect()()
  const release = ann.connect()
  const { session } = await until(ann.connection, ({ status }) => status === 'online')
  expect(session).toMatchObject({ workspace_id: 'demo', user_id: 'ann', name: 'Ann', role: 'customer' })
  release()
  release()
  await until(ann.connection, ({ status }) => status === 'idle')
  expect([...new Set(statuses)]).toEqual(['connecting', 'online', 'idle'])
  expect(statuses.filter((status) => status === 'online').length).toBeLessThanOrEqual(2)
})

it('asks no clock and nothing random while it is made, as pages that are rendered beforehand must', () => {
  const spies = [vi.spyOn(Date, 'now'), vi.spyOn(performance, 'now'), vi.spyOn(Math, 'random')]
  onTestFinished(() => void vi.restoreAllMocks())
  openClient('http://127.0.0.1:9', 'ann')
  expect(spies.map(({ mock }) => mock.calls)).toEqual([[], [], []])
})

it('says that a key is wrong, and does not try again', async () => {
  const { client } = await openChat()
  const ann = client('ann', { api_key: 'wrong' })
  onTestFinished(ann.connect())
  const { error } = await until(ann.connection, ({ status }) => status === 'refused')
  expect(error).toBeInstanceOf(ConnectionError)
  expect(error).toMatchObject({ code: 'unauthenticated', retrying: false })
})

it('says that nobody answers, and goes on trying', async () => {
  const ann = openClient('http://127.0.0.1:9', 'ann')
  onTestFinished(ann.connect())
  const { error } = await until(ann.connection, ({ status }) => status === 'offline')
  expect(error).toMatchObject({ code: 'unavailable', retrying: true })
  expect(await ann.request.get_all_topics({}).catch((reason: unknown) => reason)).toMatchObject({
    code: 'unavailable',
  })
})

it('narrows the error of a request, and tells its own mistakes before anything is sent', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  onTestFinished(ann.connect())
  await until(ann.connection, ({ status }) => status === 'online')
  const error = await ann.request.close_ticket({ ticket_id: 'none' }).catch((reason: unknown) => reason)
  expect(isRequestError(error, 'close_ticket') && error.code).toBe('not_found')
  expect(isRequestError(error, 'create_ticket')).toBe(false)
  const own = await ann.request.leave({ room: '' }).catch((reason: unknown) => reason)
  expect(own).toMatchObject({ code: 'invalid_payload', message: expect.stringContaining('room: expected') })
})
