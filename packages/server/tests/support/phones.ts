import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import { type Frame, openChat, type TestChat, type TestSocket } from '../../src/testing/connect.ts'

export const offer = { type: 'offer', sdp: 'v=0\r\n' }
export const answer = { type: 'answer', sdp: 'v=0\r\n' }

/** Starts a server, and connects a customer under each name. */
export async function openPhones<Name extends string>(
  ...names: Name[]
): Promise<{ chat: TestChat } & Record<Name, TestSocket>> {
  const chat = await openChat(onTestFinished)
  const sockets = await Promise.all(names.map(async (name) => [name, await chat.connect(name)] as const))
  return { chat, ...(Object.fromEntries(sockets) as Record<Name, TestSocket>) }
}

/** A caller's payload; each call has its own cid. */
export const callTo = <Address>(
  userToCall: Address,
): { userToCall: Address; signalData: typeof offer; cid: string } => ({
  userToCall,
  signalData: offer,
  cid: randomUUID(),
})

/** Calls somebody; resolves to the call's id. */
export async function ring(caller: TestSocket, userToCall: string): Promise<string> {
  const { callId } = await caller.request('callUser', callTo(userToCall))
  return callId
}

export const rings = (callId: string, from: string, name: string | null = null): Frame => [
  'callUser',
  expect.objectContaining({ callId, signal: offer, from, name }),
]
export const accepted = (callId: string): Frame => [
  'callSignal',
  { callId, seq: 1, signal: answer, kind: 'answer' },
]
export const ended = (callId: string, reason: string): Frame => ['callEnded', { callId, reason }]

/** Resolves once a user has a row, which is written behind their connection. @param asker who may look for them */
export async function becomeKnown(name: string, asker: TestSocket): Promise<void> {
  const count = async () => (await asker.request('get_users', { user_ids: [name] })).users.length
  await expect.poll(count).toBe(1)
}

/** Somebody whom the servers know goes, and is connected nowhere then. */
export async function goAway(user: TestSocket, name: string, asker: TestSocket): Promise<void> {
  await becomeKnown(name, asker)
  user.socket.disconnect()
  const presence = async () => (await asker.request('get_presence', { user_ids: [name] })).presences[0]
  await expect.poll(presence).toMatchObject({ availability: 'offline' })
}
