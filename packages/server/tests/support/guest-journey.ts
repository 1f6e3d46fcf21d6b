import { randomUUID } from 'node:crypto'
import { ErrorBody, type PushOf } from '@dowellchat/protocol'
import { expect } from 'vitest'
import type { Auth, TestChat, TestSocket } from '../../src/testing/connect.ts'
import { sign } from './foreign-tokens.ts'
import { answer, callTo } from './phones.ts'

const guest = { protocol: 1, workspace_id: 'demo', guest: true }

export interface Entered {
  readonly socket: TestSocket
  readonly hello: PushOf<'hello'>
}

/** Opens a socket and waits for its `hello`. */
export async function enter(chat: TestChat, auth: Auth): Promise<Entered> {
  const socket = chat.open(auth)
  const frames = await socket.heard(2)
  expect(frames.map(([event]) => event)).toEqual(['hello', 'connect'])
  return { socket, hello: frames[0]?.[1] as PushOf<'hello'> }
}

export function enterAsGuest(chat: TestChat, auth: Auth = {}): Promise<Entered> {
  return enter(chat, { ...guest, ...auth })
}

export function logIn(chat: TestChat, user_id: string, auth: Auth = {}): Promise<Entered> {
  return enter(chat, { protocol: 1, token: sign({ sub: user_id }), ...auth })
}

/** What a refused handshake gets. */
export async function refusalOf(chat: TestChat, auth: Auth): Promise<ErrorBody> {
  const [frame] = await chat.open(auth).heard(1)
  expect(frame?.[0]).toBe('connect_error')
  return ErrorBody.parse(frame?.[1])
}

export async function ticketsOf({ socket }: Entered): Promise<string[]> {
  return (await socket.request('get_tickets', {})).tickets.map(({ _id }) => _id)
}

/** A topic, and a guest with one ticket about it. */
export async function guestWithTicket(chat: TestChat) {
  const admin = await enter(chat, { protocol: 1, token: sign({ sub: 'root', role: 'admin' }) })
  await admin.socket.request('create_topic', { name: 'billing', cid: randomUUID() })
  const entered = await enterAsGuest(chat, { name: 'Gus' })
  const creation = { product: 'billing', cid: randomUUID() }
  const ticket = await entered.socket.request('create_ticket', creation)
  const { guest_token = '', user_id } = entered.hello
  return { admin, entered, creation, ticket, guest_token, user_id }
}

/** A guest opens a ticket, reloads, finds it, logs in in two tabs at once, has it once; the guest's token is dead. */
export async function playGuestJourney(east: TestChat, west: TestChat): Promise<void> {
  const { entered, creation, ticket, guest_token, user_id } = await guestWithTicket(east)
  const reloaded = await enterAsGuest(west, { guest_token })
  expect(reloaded.hello).toMatchObject({ user_id, is_guest: true, guest_ids: [] })
  expect(await ticketsOf(reloaded)).toEqual([ticket._id])
  const phone = await logIn(west, 'ann')
  expect(await ticketsOf(phone)).toEqual([])

  const tabs = await Promise.all([east, west].map((chat) => logIn(chat, 'ann', { guest_token })))
  for (const tab of tabs) {
    expect(tab.hello).toMatchObject({ user_id: 'ann', is_guest: false, guest_ids: [user_id] })
    expect(await ticketsOf(tab)).toEqual([ticket._id])
  }
  // The guest's connections end on both servers, and those of the user that do not have the guest's things yet.
  const ended = [entered, reloaded, phone].map(({ socket }) => socket)
  await expect
    .poll(() => ended.map(({ frames }) => frames.at(-1)?.[0]), { timeout: 10_000 })
    .toEqual(ended.map(() => 'disconnect'))
  const back = await logIn(west, 'ann')
  expect(back.hello.guest_ids).toEqual([user_id])

  const tab = await logIn(east, 'ann')
  const ticket_id = ticket._id
  const repeated = await tab.socket.request('create_ticket', creation)
  expect(repeated._id).toBe(ticket_id)
  const message = { ticket_id, message_data: 'Still me', cid: randomUUID() }
  expect(await tab.socket.request('ticket_message_event', message)).toMatchObject({ author: 'ann' })
  await tab.socket.heard()
  await tab.socket.request('close_ticket', { ticket_id })
  expect(await tab.socket.first('ticket_updated')).toMatchObject({
    data: { _id: ticket_id, is_closed: true },
  })
  expect(await ticketsOf(back)).toEqual([ticket_id])

  for (const chat of [east, west]) {
    const dead = await refusalOf(chat, { ...guest, guest_token })
    expect(dead).toMatchObject({ code: 'unauthenticated', details: { guest_token: 'dead' } })
    const ben = await logIn(chat, 'ben', { guest_token })
    expect(ben.hello.guest_ids).toEqual([])
    expect(await ticketsOf(ben)).toEqual([])
  }
}

/** A guest and an agent have called each other, and one call is open: after logging in they are the user's, for both. */
export async function playGuestCalls(east: TestChat, west: TestChat): Promise<void> {
  const { entered, guest_token, user_id } = await guestWithTicket(east)
  const gus = entered.socket
  const mia = await enter(west, { protocol: 1, token: sign({ sub: 'mia', role: 'agent' }) })
  const call = async () => (await mia.socket.request('callUser', callTo(user_id))).callId
  const missed = await call()
  await mia.socket.request('endCall', { callId: missed })
  const talked = await call()
  await gus.request('answerCall', { callId: talked, signal: answer })
  await gus.request('endCall', { callId: talked })
  const open = await call()
  await gus.request('answerCall', { callId: open, signal: answer })

  const ann = await logIn(west, 'ann', { guest_token })
  const seen = async ({ socket }: Entered, payload: object = {}) => {
    const { calls } = await socket.request('get_calls', payload)
    return calls.map((one) => [one._id, one.caller, one.callees, one.answered_by, one.is_missed])
  }
  const theirs = [
    [open, 'mia', ['ann'], 'ann', false],
    [talked, 'mia', ['ann'], 'ann', false],
    [missed, 'mia', ['ann'], null, false],
  ]
  expect(await seen(mia)).toEqual(theirs)
  const own = theirs.map((one) => (one[0] === missed ? [...one.slice(0, 4), true] : one))
  expect(await seen(ann)).toEqual(own)
  expect(await seen(ann, { missed: true })).toEqual(own.slice(2))

  // The guest's device is gone for good.
  const { callId, reason } = await mia.socket.first('callEnded', (push) => push.callId === open)
  expect({ callId, reason }).toEqual({ callId: open, reason: 'lost' })
  const { callId: again } = await ann.socket.request('callUser', callTo('mia'))
  await ann.socket.request('endCall', { callId: again })
  expect(await seen(ann)).toEqual([[again, 'ann', ['mia'], null, false], ...own])
  // Page by page, over what was the guest's and what is the user's.
  expect(await seen(ann, { limit: 2 })).toEqual([[again, 'ann', ['mia'], null, false], own[0]])
  expect(await seen(ann, { limit: 2, before: open })).toEqual(own.slice(1))
  expect(await seen(await logIn(east, 'ben'))).toEqual([])
}
