import { randomUUID } from 'node:crypto'
import { expect, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import type { Logger } from '../../src/logger.ts'
import { embeddedStore } from '../../src/stores/embedded/index.ts'
import type { Store } from '../../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../../src/testing/connect.ts'

export interface Scene {
  readonly chat: TestChat
  /** What the store was asked for: `<domain>.<method>`. */
  readonly asked: string[]
  readonly log: string[]
  /** What would have ended a server of its own. */
  readonly crashes: readonly unknown[]
  /** Sends what is hostile: an admin, who may do everything. */
  readonly eve: TestSocket
  readonly bystanders: readonly TestSocket[]
  /** What there was before. */
  readonly state: string
}

/** A server with a room, a topic and people in both dialects and in two workspaces, who all are in the room. */
export async function openScene(options: Partial<ChatServerOptions> = {}): Promise<Scene> {
  const crashes = watchCrashes()
  const { store, asked } = await watchedStore()
  const log: string[] = []
  const keep = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`)
  const logger: Logger = { info: keep, warn: keep, error: keep }
  const chat = await openChat(onTestFinished, { ...options, store, logger })
  const eve = await chat.connect('eve', { role: 'admin' })
  const bystanders = [
    await chat.connect('ann'),
    await chat.connect('agent', { role: 'agent' }),
    await chat.connect('ann', { workspace_id: 'other', api_key: 'other-key', role: 'admin' }),
    await chat.connectV2(),
  ]
  await eve.request('create_topic', { name: 'sales', cid: randomUUID() })
  for (const socket of [eve, ...bystanders]) await socket.ask('join', { room: 'r' })
  for (const socket of [eve, ...bystanders]) await socket.heard()
  const state = await stateOf(bystanders)
  asked.length = 0
  return { chat, asked, log, crashes, eve, bystanders, state }
}

/** All that an agent can see of the workspace, and everybody of their own, as text. */
async function stateOf(bystanders: readonly TestSocket[]): Promise<string> {
  const [, agent] = bystanders as [TestSocket, TestSocket]
  const seen = await Promise.all([
    agent.request('get_all_topics', {}),
    agent.request('get_all_line_managers', {}),
    agent.request('get_tickets', {}),
    agent.request('get_messages', { stream: 'room:r', before: 1_000_000 }),
    ...bystanders.slice(0, 3).map(roomsWithMembers),
  ])
  return JSON.stringify(seen)
}

/** Open rooms come to lists some time after they were joined. */
async function roomsWithMembers(socket: TestSocket): Promise<unknown> {
  return (await socket.request('get_rooms', {})).rooms.filter(({ kind }) => kind !== 'open')
}

/** Nobody else has noticed, everybody is answered, nothing has changed, and nothing has crashed or been logged as a mistake. */
export async function expectUnharmed({ bystanders, log, crashes, state }: Scene): Promise<void> {
  for (const socket of bystanders) expect(await socket.heard()).toEqual([])
  const [canary] = bystanders as [TestSocket]
  expect(await canary.request('get_all_topics', {})).toHaveLength(1)
  expect(await stateOf(bystanders)).toBe(state)
  expect(crashes).toEqual([])
  expect(log.filter((line) => /failed|schema/.test(line))).toEqual([])
}

/** What a server asks for on its own. */
const byItself: ReadonlySet<string> = new Set([
  // Who has connected, what messages do to lists, and the calls of those who connect.
  ...['users.see', 'calls.listOpenOf', 'readers.enter', 'readers.mark', 'readers.move', 'streams.ends'],
  // Whether those who take tickets are there, their topics' hours, and what waits for them.
  ...['lineManagers.absent', 'lineManagers.get', 'lineManagers.list', 'topics.list', 'tickets.assignWaiting'],
])

/** A store that records what it was asked for. */
async function watchedStore(): Promise<{ store: Store; asked: string[] }> {
  const asked: string[] = []
  const embedded = await embeddedStore({ path: ':memory:' })
  const watch = <T extends object>(domain: string, methods: T): T =>
    new Proxy(methods, {
      get(target, name, receiver) {
        const method = `${domain}.${String(name)}`
        if (!byItself.has(method)) asked.push(method)
        return Reflect.get(target, name, receiver)
      },
    })
  const store: Store = {
    workspaces: embedded.workspaces,
    streams: watch('streams', embedded.streams),
    calls: watch('calls', embedded.calls),
    topics: watch('topics', embedded.topics),
    lineManagers: watch('lineManagers', embedded.lineManagers),
    tickets: watch('tickets', embedded.tickets),
    cannedAnswers: watch('cannedAnswers', embedded.cannedAnswers),
    shareLinks: watch('shareLinks', embedded.shareLinks),
    users: watch('users', embedded.users),
    // Not watched: whose guests somebody was is looked up when they connect.
    aliases: embedded.aliases,
    blocks: watch('blocks', embedded.blocks),
    reports: watch('reports', embedded.reports),
    keys: watch('keys', embedded.keys),
    audit: watch('audit', embedded.audit),
    revocations: watch('revocations', embedded.revocations),
    personal: watch('personal', embedded.personal),
    // Not watched: the server reads it by itself.
    changes: embedded.changes,
    rooms: watch('rooms', embedded.rooms),
    readers: watch('readers', embedded.readers),
    threads: watch('threads', embedded.threads),
    deliveries: watch('deliveries', embedded.deliveries),
    // Not watched: the server looks by itself which files have to go.
    uploads: embedded.uploads,
    // Not watched: the server indexes by itself.
    search: embedded.search,
    close: () => embedded.close(),
  }
  return { store, asked }
}

function watchCrashes(): readonly unknown[] {
  const crashes: unknown[] = []
  const record = (error: unknown) => void crashes.push(error)
  process.on('uncaughtException', record)
  process.on('unhandledRejection', record)
  onTestFinished(() => {
    process.off('uncaughtException', record)
    process.off('unhandledRejection', record)
  })
  return crashes
}
