import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, openClient, until } from '../testing/chat.ts'
import { uuid } from '../uuid.ts'

const signalData = { type: 'offer', sdp: 'v=0\r\n' }

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

it('lists the calls of the user, newest first, and loads them again when one ends', async () => {
  const { server } = await openChat()
  const [ann, ben] = [
    await online(openClient(server.url, 'ann')),
    await online(openClient(server.url, 'ben')),
  ]
  const call = () => ann.request.callUser({ userToCall: 'ben', signalData, media: 'audio', cid: uuid() })
  const { callId: first } = await call()
  await ann.request.endCall({ callId: first })

  const history = ben.calls.history()
  expect(ben.calls.history({})).toBe(history)
  onTestFinished(history.retain())
  await until(history, ({ status }) => status === 'ready')
  const record = { caller: 'ann', callees: ['ben'], answered_by: null, media: 'audio', is_missed: true }
  expect(history.getSnapshot()).toMatchObject({
    items: [{ _id: first, ...record, reason: 'cancelled' }],
    hasMore: false,
  })

  const { callId: second } = await call()
  await until(ben.calls, ({ incoming }) => incoming.length === 1)
  await ben.calls.decline(second)
  await until(history, ({ items }) => items.length === 2)
  expect(history.getSnapshot().items).toMatchObject([
    { _id: second, reason: 'declined', is_missed: false },
    { _id: first },
  ])

  const missed = ben.calls.history({ missed: true })
  onTestFinished(missed.retain())
  await until(missed, ({ status }) => status === 'ready')
  expect(missed.getSnapshot().items.map(({ _id }) => _id)).toEqual([first])
})

it('loads further pages', async () => {
  const { server } = await openChat()
  const [ann] = [await online(openClient(server.url, 'ann')), await online(openClient(server.url, 'ben'))]
  const ids: string[] = []
  for (let nth = 0; nth < 52; nth++) {
    const { callId } = await ann.request.callUser({ userToCall: 'ben', signalData, cid: uuid() })
    await ann.request.endCall({ callId })
    ids.unshift(callId)
  }
  const history = ann.calls.history()
  onTestFinished(history.retain())
  await until(history, ({ status }) => status === 'ready')
  expect(history.getSnapshot()).toMatchObject({ hasMore: true, items: { length: 50 } })
  expect(await Promise.all([history.loadMore(), history.loadMore()])).toEqual([false, false])
  expect(history.getSnapshot().items.map(({ _id }) => _id)).toEqual(ids)
  await history.reload()
  expect(history.getSnapshot().items.map(({ _id }) => _id)).toEqual(ids)
})
