import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { enterAsGuest, refusalOf } from '../../../tests/support/guest-journey.ts'
import type { WorkspaceOptions } from '../../identity/workspaces.ts'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { testWorkspaces } from '../../testing/start-server.ts'

/** A chat whose workspace `demo` is as the tests have it, but for some options. */
function openDemo(options: Partial<WorkspaceOptions> = {}): Promise<TestChat> {
  const workspaces = testWorkspaces.map((one) =>
    one.id === 'demo' ? { ...one, customersMeet: 'acquaintances' as const, ...options } : one,
  )
  return openChat(onTestFinished, { workspaces })
}

function ring(socket: TestSocket, userToCall: string) {
  return socket.ask('callUser', { userToCall, signalData: 'x', cid: randomUUID() })
}

async function create(socket: TestSocket, members: string[]): Promise<string> {
  return (await socket.request('create_room', { kind: 'members', members, cid: randomUUID() }))._id
}

/** What a caller is answered, without whom they called. */
async function answered(socket: TestSocket, userToCall: string): Promise<string> {
  return JSON.stringify(await ring(socket, userToCall)).replaceAll(userToCall, '<callee>')
}

it('[MB10] answers a customer who may not ring somebody as if that one did not exist', async () => {
  const chat = await openDemo()
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const agent = await chat.connect('mia', { role: 'agent' })
  await chat.connect('zoe', { workspace_id: 'other', api_key: 'other-key' })
  for (const socket of [ben, agent]) await socket.request('join', { room: 'lobby' })
  const missing = await answered(ann, 'nobody')
  expect(missing).toContain('"code":"not_found"')
  for (const callee of ['ben', ben.id, 'mia', 'lobby', 'zoe', 'offline', `~${randomUUID()}`])
    expect(await answered(ann, callee), callee).toBe(missing)
  for (const socket of [ben, agent]) expect(await socket.heard()).toEqual([])
})

it('[MB10] lets no guest ring strangers by a device that is called as they are', async () => {
  const chat = await openDemo()
  const ben = await chat.connect('ben')
  const { hello } = await enterAsGuest(chat)
  const device_id = hello.user_id.slice('guest:'.length)
  const auth = { guest_token: hello.guest_token, device_id }
  expect(await refusalOf(chat, { protocol: 1, workspace_id: 'demo', guest: true, ...auth })).toMatchObject({
    code: 'unauthenticated',
  })
  const { socket } = await enterAsGuest(chat, { ...auth, device_id: randomUUID() })
  expect(await ring(socket, 'ben')).toMatchObject({ error: { code: 'not_found' } })
  expect(await ben.heard()).toEqual([])
})

it('[MB10] lets customers ring those with whom they share a room or a ticket', async () => {
  const chat = await openDemo()
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const [agent, root] = [
    await chat.connect('mia', { role: 'agent' }),
    await chat.connect('root', { role: 'admin' }),
  ]
  const room = await create(agent, ['ann', 'ben'])
  expect(await ring(ann, 'ben')).toMatchObject({ status: 'success' })
  await agent.request('close_room', { room })
  expect(await ring(ann, 'ben')).toMatchObject({ error: { code: 'not_found' } })

  await root.request('create_topic', { name: 'sales', cid: randomUUID() })
  const manager = {
    user_id: 'mia',
    positions_in_a_line: 1,
    average_serving_time: 1,
    is_unmanaged: true,
    cid: randomUUID(),
  }
  await root.request('create_line_manager', manager)
  expect(await ring(ben, 'mia')).toMatchObject({ error: { code: 'not_found' } })
  await ben.request('create_ticket', { product: 'sales', cid: randomUUID() })
  expect(await ring(ben, 'mia')).toMatchObject({ status: 'success' })
})

it('[MB10] lets agents, admins and sockets without identity ring anybody in the workspace', async () => {
  const chat = await openDemo()
  const [ann, page, other] = [await chat.connect('ann'), await chat.connectV2(), await chat.connectV2()]
  for (const role of ['agent', 'admin'])
    expect(await ring(await chat.connect(`the ${role}`, { role }), 'ann')).toMatchObject({
      status: 'success',
    })
  for (const callee of ['ann', other.id])
    expect(await ring(page, callee)).toMatchObject({ status: 'success' })
  expect(await ring(ann, page.id)).toMatchObject({ status: 'success' })
})

it('[MB10] rings a room with members for its members alone', async () => {
  const chat = await openDemo({ customersMeet: 'anybody' })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const [root, eve, page] = [
    await chat.connect('root', { role: 'admin' }),
    await chat.connect('eve'),
    await chat.connectV2(),
  ]
  const room = await create(ann, ['ben'])
  await ben.request('join', { room })
  await ben.heard()
  expect(await ring(ann, room)).toMatchObject({ status: 'success' })
  expect(await ben.heard(1)).toMatchObject([['callUser', { from: 'ann' }]])
  for (const stranger of [root, eve, page])
    expect(await answered(stranger, room)).toBe(await answered(stranger, `~${randomUUID()}`))
  expect(await ben.heard()).toEqual([])
})

it('[MB10] lets customers ring agents, or anybody, where the workspace says so', async () => {
  const chat = await openDemo({ customersRingAgents: true })
  const ann = await chat.connect('ann')
  for (const role of ['customer', 'agent', 'admin']) await chat.connect(`the ${role}`, { role })
  for (const role of ['agent', 'admin'])
    expect(await ring(ann, `the ${role}`)).toMatchObject({ status: 'success' })
  expect(await ring(ann, 'the customer')).toMatchObject({ error: { code: 'not_found' } })
  const open = await openDemo({ customersMeet: 'anybody' })
  await open.connect('ben')
  expect(await ring(await open.connect('ann'), 'ben')).toMatchObject({ status: 'success' })
})

it('[MB10] rings an open room for agents and admins whose token allows it, and for no customer', async () => {
  const chat = await openDemo({ customersMeet: 'anybody' })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  await create(ann, ['ben'])
  for (const socket of [ann, ben]) await socket.request('join', { room: 'lobby' })
  await ben.heard()
  expect(await answered(ann, 'lobby')).toBe(await answered(ann, 'nobody'))

  const enter = async (rooms: string[]) => {
    const token = await chat.server.tokenFor('mia', { workspace_id: 'demo', role: 'agent', rooms })
    return chat.open({ protocol: 1, device_id: randomUUID(), token }).admitted()
  }
  const [elsewhere, here] = [await enter(['shop-*']), await enter(['lob*'])]
  expect(await answered(elsewhere, 'lobby')).toBe(await answered(ann, 'nobody'))
  expect(await ben.heard()).toEqual([])
  expect(await ring(here, 'lobby')).toMatchObject({ status: 'success' })
  expect(await ben.heard(1)).toMatchObject([['callUser', { user_id: 'mia' }]])
})
