import { expect, it, onTestFinished, vi } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import { installFakeMedia } from '../fake-client/index.ts'
import { authOf, openChat, until } from '../testing/chat.ts'
import { holdNext } from '../testing/hold-next.ts'

// A fourth of the real times, which are only waited for.
vi.mock('../connection/liveness-times.ts', async (original) => {
  const times = await original<typeof import('../connection/liveness-times.ts')>()
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms / 4]))
})

const timeout = 60_000
const isOnline = ({ status }: { status: string }) => status === 'online'
const isOffline = ({ status }: { status: string }) => status === 'offline'

/** Ann and Ben at a real server, in Node. Ann has a link of her own, and a device that says whether there is a network. */
async function openPair(transport?: 'websocket' | 'polling') {
  const { server, client } = await openChat()
  const media = installFakeMedia()
  onTestFinished(() => media.uninstall())
  const link = await server.link()
  let tell = (_isOnline: boolean): void => undefined
  const ann = createChatClient({
    url: link.url,
    auth: authOf('ann'),
    ...(transport && { transports: [transport] }),
    network(told) {
      tell = told
      return () => undefined
    },
  })
  onTestFinished(() => ann.close())
  const ben = client('ben')
  for (const one of [ann, ben]) {
    one.connect()
    await until(one.connection, isOnline)
  }
  return { link, ann, ben, tell: (is: boolean) => tell(is) }
}

const ringing = ({ calls }: ChatClient) => until(calls, ({ incoming }) => incoming.length === 1)
const silent = ({ calls }: ChatClient) => until(calls, ({ incoming }) => incoming.length === 0)
const callIdOf = async (one: ChatClient) => (await ringing(one)).incoming[0]?.callId ?? ''
const untilCall = ({ calls }: ChatClient, status: string) =>
  until(calls, ({ current }) => current?.status === status)

async function connect(caller: ChatClient, callee: ChatClient, name: string): Promise<string> {
  await caller.calls.start(name)
  const callId = await callIdOf(callee)
  await callee.calls.accept(callId)
  for (const one of [caller, callee]) await untilCall(one, 'connected')
  return callId
}

/** Somebody accepts, and the browser asks them for their devices. */
async function acceptUntilAsked(one: ChatClient) {
  const callId = await callIdOf(one)
  const prompt = holdNext(navigator.mediaDevices, 'getUserMedia')
  const accepted = one.calls.accept(callId)
  await prompt.reached
  return { callId, prompt, accepted }
}

/** Whether the server, and both parties, know a call that goes on. */
async function expectUnderWay(callId: string, ...parties: ChatClient[]): Promise<void> {
  for (const { request, calls } of parties) {
    expect(await request.resumeCall({ callId, seq: 0 })).toMatchObject({ state: 'active' })
    expect(calls.getSnapshot().current).toMatchObject({ callId, status: 'connected' })
  }
}

it.each(['websocket', 'polling'] as const)(
  '[NO8] goes on after the server was silent for so long that the client gave it up, over %s',
  { timeout },
  async (transport) => {
    const { link, ann, ben } = await openPair(transport)
    const callId = await connect(ann, ben, 'ben')
    link.stall()
    await until(ann.connection, isOffline)
    link.online()
    await until(ann.connection, isOnline)
    await expectUnderWay(callId, ann, ben)
  },
)

it('[NO8] goes on after the device has said that it has no network', { timeout }, async () => {
  const { ann, ben, tell } = await openPair()
  const callId = await connect(ann, ben, 'ben')
  tell(false)
  expect(ann.connection.getSnapshot()).toMatchObject({
    status: 'offline',
    error: { message: 'This device has no network' },
  })
  tell(true)
  await until(ann.connection, isOnline)
  await expectUnderWay(callId, ann, ben)
})

it('[NO8] rings again at a device that has had no network for a moment', { timeout }, async () => {
  const { ann, ben, tell } = await openPair()
  await ben.calls.start('ann')
  await ringing(ann)
  tell(false)
  await silent(ann)
  tell(true)
  await ann.calls.accept(await callIdOf(ann))
  for (const one of [ann, ben]) await untilCall(one, 'connected')
})

it('[NO8] ends for both what the server does not name after a cut', { timeout }, async () => {
  const { link, ann, ben } = await openPair()
  await connect(ann, ben, 'ben')
  const unnamed = link.dropNext('push', 'callState')
  link.cut()
  await unnamed
  const { current } = await untilCall(ann, 'ended')
  expect(current).toMatchObject({ reason: 'lost' })
  await untilCall(ben, 'ended')
})

it('[NO8] stops ringing while the browser asks, where the call has ended during a cut', {
  timeout,
}, async () => {
  const { link, ann, ben } = await openPair()
  await ben.calls.start('ann')
  const { callId, prompt, accepted } = await acceptUntilAsked(ann)
  link.offline()
  await until(ann.connection, isOffline)
  expect(ann.calls.getSnapshot().incoming).toMatchObject([{ callId }])
  await ben.calls.hangUp()
  link.online()
  await silent(ann)
  await accepted
  prompt.release()
  expect(ann.calls.getSnapshot().current).toMatchObject({ callId, status: 'ended', reason: 'lost' })
})

it('[NO8] rings on while the browser asks, where the call rings still after a cut', { timeout }, async () => {
  const { link, ann, ben } = await openPair()
  await ben.calls.start('ann')
  const { prompt, accepted } = await acceptUntilAsked(ann)
  link.cut()
  await until(ann.connection, isOffline)
  await until(ann.connection, isOnline)
  // Longer than the server may take to name it.
  await new Promise((resolve) => setTimeout(resolve, 5_500))
  prompt.release()
  await accepted
  for (const one of [ann, ben]) await untilCall(one, 'connected')
})
