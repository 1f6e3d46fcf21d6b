import dns from 'node:dns'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { ChatClient } from '../client.ts'
import { RequestError } from '../errors.ts'
import { textsOf } from '../testing/texts-of.ts'
import { createFakeClient, fixtures } from './index.ts'

function openFake(...args: Parameters<typeof createFakeClient>) {
  const fake = createFakeClient(...args)
  onTestFinished(() => fake.close())
  return fake
}

/** No timer runs until the end of the test. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
  onTestFinished(() => void vi.useRealTimers())
}

/** As much as can happen without a timer. */
async function turns(): Promise<void> {
  for (let n = 0; n < 30; n++) await new Promise((resolve) => setImmediate(resolve))
}

const statusOf = ({ connection }: Pick<ChatClient, 'connection'>) => connection.getSnapshot().status

it('[KT8] comes back without a timer, and without asking the network for anything', async () => {
  const lookup = vi.spyOn(dns, 'lookup')
  onTestFinished(() => lookup.mockRestore())
  const fake = openFake()
  await fake.ready()
  stopTimers()
  for (const _ of [1, 2]) {
    fake.goOffline()
    expect(statusOf(fake)).toBe('offline')
    await turns()
    const back = fake.goOnline()
    await turns()
    expect(statusOf(fake)).toBe('online')
    await back
  }
  fake.refuse('forbidden')
  await turns()
  expect(statusOf(fake)).toBe('refused')
  expect(lookup).not.toHaveBeenCalled()
})

it('[KT8] starts offline where the test says so before it is connected', async () => {
  stopTimers()
  for (let n = 0; n < 40; n++) {
    const fake = openFake()
    for (let turn = 0; turn < n; turn++) await undefined
    fake.goOffline()
    await turns()
    expect(statusOf(fake), `after ${n} turns`).toBe('offline')
    void fake.goOnline()
    await turns()
    expect(statusOf(fake), `after ${n} turns`).toBe('online')
  }
})

it('[KT8] pushes nothing to a client that is not in yet', async () => {
  const fake = openFake()
  const heard = vi.fn()
  fake.on.ticket_updated(heard)
  fake.push('ticket_updated', { data: fixtures.ticket() })
  await fake.ready()
  await turns()
  expect(heard).not.toHaveBeenCalled()
})

it('[KT7] answers what waits as the test says by then, and undoes nothing that it has said', async () => {
  const fake = openFake()
  await fake.ready()
  const release = fake.hold('create_ticket')
  const isSent = () => fake.requests.filter(({ name }) => name === 'create_ticket').length
  const waiting = ['a', 'b'].map((product) => fake.tickets.create({ product }))
  await expect.poll(isSent).toBe(2)
  fake.fail('create_ticket', 'conflict', 'Twice')
  const failing = waiting.map((one) => expect(one).rejects.toThrow('Twice'))
  release()
  await Promise.all(failing)
  await expect(fake.tickets.create({ product: 'c' })).rejects.toBeInstanceOf(RequestError)
  fake.succeed('create_ticket')
  expect(await fake.tickets.create({ product: 'c' })).toMatchObject({ product: 'c' })
})

it('[KT7] holds a request back as long as anybody does', async () => {
  const fake = openFake()
  await fake.ready()
  const releases = [fake.hold('get_all_topics'), fake.hold('get_all_topics')]
  const answered = vi.fn()
  const asked = fake.request.get_all_topics({}).then(answered)
  for (const release of releases) {
    expect(answered).not.toHaveBeenCalled()
    release()
    await turns()
  }
  await asked
  expect(await fake.request.get_all_topics({})).toEqual([])
})

it('[KT8] keeps one message of what was sent twice, because its answer was lost', async () => {
  const fake = openFake()
  const lobby = fake.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  await expect.poll(() => lobby.getSnapshot().sync).toBe('live')
  const release = fake.hold('message_event')
  void lobby.send('Hello')
  await turns()
  fake.goOffline()
  await fake.goOnline()
  await turns()
  release()
  await expect.poll(() => lobby.getSnapshot().messages.map(({ delivery }) => delivery)).toEqual(['sent'])
  await turns()
  expect(textsOf(lobby.getSnapshot().messages)).toEqual(['Hello'])
  expect((await fake.request.get_messages({ stream: 'room:lobby', before: 9 })).entries).toHaveLength(1)
})
