import { expect, it, onTestFinished, vi } from 'vitest'
import { openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'

// A file that cannot be fetched.
vi.mock('./later-contract.ts', () => Promise.reject(new TypeError('Failed to fetch')))

it('[PK1] fails a request whose schemas cannot be loaded, and goes on with the others', async () => {
  const fake = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: { leave: ({ room }: { room: string }) => ({ room }) },
  })
  const ann = openClient(fake.url, 'ann')
  onTestFinished(ann.connect())
  await until(ann.connection, ({ status }) => status === 'online')
  await expect(ann.request.get_all_topics({})).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  await expect(ann.request.leave({ room: '' })).rejects.toMatchObject({ code: 'invalid_payload' })
  expect(await ann.request.leave({ room: 'lobby' })).toEqual({ room: 'lobby' })
  fake.sockets[0]?.emit('callEnded', { callId: 'a', reason: 'hung_up' })
  expect(await ann.request.leave({ room: 'lobby' })).toEqual({ room: 'lobby' })
})
