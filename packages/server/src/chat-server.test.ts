import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CallDevice } from '@dowellchat/protocol'
import { io } from 'socket.io-client'
import { expect, it, onTestFinished } from 'vitest'
import { comeBack, heardAfterHello } from '../tests/support/drop.ts'
import { until } from '../tests/support/sockets.ts'
import { embeddedStore } from './stores/embedded/index.ts'
import { seqsOfOwner } from './stores/store.ts'
import { openChat } from './testing/connect.ts'
import { startServer } from './testing/index.ts'
import { answerBy, ids, newCall, newLineManager, newTicket, rowOf } from './testing/store-cases/making.ts'

it('attaches to a server of the caller’s, and leaves that running when it closes', async () => {
  const http = createServer((_request, response) => response.end('the caller’s own page'))
  onTestFinished(() => void http.close())
  const chat = await startServer({ http })
  expect(chat.url).toBe('')
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  expect(chat.url).toBe(url)

  const open = () => {
    const socket = io(url, { forceNew: true, reconnection: false })
    onTestFinished(() => void socket.close())
    return socket
  }
  const socket = open()
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const isEnded = new Promise((resolve) => socket.once('disconnect', resolve))
  await chat.close()
  await isEnded

  expect(await (await fetch(url)).text()).toBe('the caller’s own page')
  const refused = await new Promise<Error>((resolve) => open().once('connect_error', resolve))
  // No refusal of ours, which a client might take as final.
  expect(refused).not.toHaveProperty('data')
})

it('[CA14] ends what rang when it starts, and goes on with answered calls whose parties come back', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const annPhone = { user_id: 'ann', device_id: randomUUID() }
  const benPhone = { user_id: 'ben', device_id: randomUUID() }
  const evePhone = { user_id: 'eve', device_id: randomUUID() }
  const create = async (workspace_id: string, callee: CallDevice) =>
    rowOf(await store.calls.create(newCall({ workspace_id, caller: annPhone, callee_devices: [callee] })))._id
  const ringing = [await create('demo', evePhone), await create('other', evePhone)]
  const [kept, left] = [await create('demo', benPhone), await create('other', benPhone)]
  await store.calls.transition('demo', kept, answerBy(benPhone))
  await store.calls.transition('other', left, answerBy(benPhone))

  const chat = await openChat(onTestFinished, { store, limits: { callGraceMs: 8_000 } })

  const openIn = async (workspace: string) => ids(await store.calls.listOpen(workspace, annPhone))
  expect([await openIn('demo'), await openIn('other')]).toEqual([[kept], [left]])
  for (const { user_id, device_id } of [annPhone, benPhone]) {
    const back = await comeBack(chat, user_id, device_id)
    // Past what the server that has ended may have counted.
    const goesOn = ['callState', { callId: kept, state: 'connecting', seq: 1 + seqsOfOwner }]
    expect(await heardAfterHello(back, 1)).toEqual([goesOn])
  }
  await until(async () => expect(await openIn('other')).toEqual([]))
  expect(await openIn('demo')).toEqual([kept])
  for (const [workspace, callId] of [['demo', ringing[0]] as const, ['other', left] as const]) {
    const again = await store.calls.transition(workspace, callId ?? '', { type: 'end', device: annPhone })
    expect(again).toMatchObject({ changed: false, call: { state: 'ended', reason: 'lost' } })
  }
})

it('[TK2] assigns when it starts what waits beside a free line manager', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const ofDemo = { workspace_id: 'demo' }
  await store.lineManagers.create(newLineManager('max', { ...ofDemo, capacity: 1 }))
  const first = await store.tickets.create(newTicket(ofDemo))
  await store.tickets.create(newTicket(ofDemo))
  // As a server leaves it that is killed between the two halves of a close.
  if ('row' in first) await store.tickets.close('demo', first.row._id, 'max')

  const chat = await openChat(onTestFinished, { store })

  const agent = await chat.connect('agent', { role: 'agent' })
  const { tickets } = await agent.request('get_tickets', {})
  expect(tickets).toMatchObject([
    { is_closed: false, line_manager: 'max' },
    { is_closed: true, line_manager: 'max' },
  ])
})
