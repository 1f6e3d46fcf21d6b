import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message, Page } from '../../../packages/protocol/src/index.ts'
import type { Person } from '../stores/person.ts'
import { type Program, ServerProcess } from '../stores/server-process.ts'

export const rooms = ['lobby', 'cellar'] as const
const messagesOfEach = 120

/** A data folder as a server has left it, and what it acknowledged. */
export interface Scene {
  readonly closed: string
  /** As it is after `kill -9`. */
  readonly killed: string
  readonly acknowledged: readonly Message[]
  remove(): void
}

/** Fills a data folder with two rooms, a ticket, a topic, a room with members and a call; keeps it closed and killed. */
export async function makeScene(program: Program): Promise<Scene> {
  const root = mkdtempSync(join(tmpdir(), 'dowellchat-damage-'))
  const [closed, killed] = [join(root, 'closed'), join(root, 'killed')]
  const server = await ServerProcess.start(program, { DATA_DIR: killed })
  const acknowledged = await fill(server)
  await server.kill()
  copyFolder(killed, closed)
  const again = await ServerProcess.start(program, { DATA_DIR: closed })
  await again.stop()
  return { closed, killed, acknowledged, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** With their times, which say what was written last. */
export function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true })
}

async function fill(server: ServerProcess): Promise<Message[]> {
  const admin = await server.connect('admin', 'admin')
  const [ann, bob] = [await server.connect('ann'), await server.connect('bob')]
  await admin.get('create_topic', { name: 'billing', cid: randomUUID() })
  for (const _ of [1, 2, 3]) await ann.get('create_ticket', { product: 'billing', cid: randomUUID() })
  await admin.get('create_room', { kind: 'members', members: ['ann', 'bob'], cid: randomUUID() })
  await admin.get('create_room', { kind: 'members', members: ['ann'], cid: randomUUID() })
  await bob
    .get('callUser', { userToCall: 'admin', signalData: 'offer', cid: randomUUID() })
    .catch(() => undefined)
  await admin.ask('callUser', { userToCall: 'bob', signalData: 'offer', cid: randomUUID() })
  const acknowledged: Message[] = []
  for (let at = 1; at <= messagesOfEach; at++)
    for (const room of rooms)
      acknowledged.push(await say(ann, room, `message ${at} in ${room}, ${'x'.repeat(200)}`))
  return acknowledged
}

export function say(by: Person, room: string, message_data: string): Promise<Message> {
  return by.get<Message>('message_event', { room_id: room, message_data, cid: randomUUID() })
}

/** Every message of a room, page after page. */
export async function readRoom(by: Person, room: string): Promise<Message[]> {
  let page = await by.get<Page>('join', { room })
  const read = [...page.entries]
  while (page.more && read[0]) {
    page = await by.get<Page>('get_messages', { stream: `room:${room}`, before: read[0].nth, limit: 50 })
    read.unshift(...page.entries)
  }
  return read.filter((entry): entry is Message => entry.type === 'message')
}
