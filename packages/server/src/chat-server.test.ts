import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io } from 'socket.io-client'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from './stores/embedded/index.ts'
import { openChat } from './testing/connect.ts'
import { startServer } from './testing/index.ts'
import { annPhone, newCall, newLineManager, newTicket } from './testing/store-cases/making.ts'

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

it('[CA14] ends the calls that are open when it starts: nobody can be in them any more', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  for (const workspace_id of ['demo', 'other']) await store.calls.create(newCall({ workspace_id }))
  const [open] = await store.calls.listOpen('demo', annPhone)

  await openChat(onTestFinished, { store })

  for (const workspace of ['demo', 'other'])
    expect(await store.calls.listOpen(workspace, annPhone)).toEqual([])
  const ended = { type: 'end', device: annPhone } as const
  const before = await store.calls.transition('demo', open?._id ?? '', ended)
  expect(before).toMatchObject({ changed: false, call: { state: 'ended', reason: 'lost' } })
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
