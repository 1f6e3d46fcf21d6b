import { type ChatClient, createChatClient } from '../../../packages/client/src/index.ts'
import { hashKey, newSecret } from '../../../packages/server/src/identity/secrets.ts'
import {
  draft,
  newTicket,
  readEntries,
  room,
} from '../../../packages/server/src/testing/store-cases/making.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { insist } from '../../../packages/server/tests/support/insist.ts'
import { patientLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import type { Place } from '../stores/place.ts'
import { type Program, programArgs } from '../stores/server-process.ts'
import { hitsIn } from './dump.ts'

export interface Size {
  readonly people: number
  readonly messagesOfEach: number
}

export interface Erased {
  readonly kills: number
  /** Requests until there was nothing left, those that a kill left without an answer among them. */
  readonly requests: number
  readonly seconds: number
  readonly hitsBefore: number
  readonly hitsAfter: number
  readonly entries: number
  readonly problems: readonly string[]
}

const pepper = 'a pepper of the proofs'
const canary = 'canary-of-person-7'
const workspace_id = 'shop'
const shopKey = 'the key of the shop in this proof'
const stream = room('r', workspace_id)

/** Erases one of many people. The server is killed twice: while a step is under way, and between two steps. */
export async function eraseUnderKills(place: Place, size: Size, program: Program): Promise<Erased> {
  const api_key = await fill(place, size)
  const hitsBefore = await hitsIn(place, canary)
  const port = await freePort()
  let server = await start(place, program, port)
  const watcher = await connect(server.url, 'watcher')
  const watched = watcher.rooms.messages('r')
  const letGo = watched.retain()
  while (watched.getSnapshot().status !== 'ready') await pause()
  while (watched.getSnapshot().hasOlder) await watched.loadOlder()
  // The SDK keeps 5,000 messages of those that were loaded.
  const { messages } = watched.getSnapshot()
  const shown = { rows: messages.length, ofPerson: messages.filter(isOfPerson).length }

  const began = performance.now()
  let [requests, kills] = [0, 0]
  let operator = await openOperator(server.url, api_key)
  for (let after: string | null = ''; after !== null; ) {
    const asked: Promise<{ next: string | null }> = insist(operator, 'erase_user', {
      user_id: canary,
      ...(after && { after }),
    })
    requests += 1
    // Both kills come while an answer is awaited: the first at once, the second when much of the step may be done.
    if (requests > 2) {
      const answer = await asked.catch((error: unknown) => {
        throw new Error(`A step failed: ${server.stderr}`, { cause: error })
      })
      after = answer.next
      continue
    }
    void asked.catch(() => undefined)
    await pause(requests === 1 ? 5 : 60)
    kills += 1
    operator.socket.disconnect()
    await server.stop('SIGKILL')
    server = await start(place, program, port)
    operator = await openOperator(server.url, api_key)
  }
  const again = await insist(operator, 'erase_user', { user_id: canary })
  const seconds = (performance.now() - began) / 1_000
  const problems: string[] = again.rows === 0 ? [] : [`${again.rows} rows were left`]
  problems.push(...(await watchedProblems(watched, shown)))
  letGo()
  operator.socket.disconnect()
  watcher.close()
  await server.stop('SIGTERM')

  const hitsAfter = await hitsIn(place, canary)
  if (hitsAfter > 0) problems.push(`${hitsAfter} hits of the canary`)
  if (hitsBefore === 0) problems.push('The canary was not there')
  const store = await place.open()
  const entries = await readEntries(store, stream, 200).finally(() => store.close())
  if (entries.some(({ seq }, at) => seq !== at + 1)) problems.push('The seqs are not whole')
  const counts = { requests, kills, hitsBefore, hitsAfter, entries: entries.length }
  return { ...counts, seconds: Math.round(seconds * 10) / 10, problems }
}

/** Fills a place; resolves to a key that may erase. */
async function fill(place: Place, { people, messagesOfEach }: Size): Promise<string> {
  const { secret, prefix } = newSecret()
  const store = await place.open()
  const names = Array.from({ length: people }, (_, n) => (n === 7 ? canary : `person-${n}`))
  for (let n = 0; n < messagesOfEach; n++) {
    const said = names.map((author) => ({ author, display_name: author, message_data: `${n} ${author}` }))
    await store.streams.append(stream, said.map(draft))
  }
  for (const user_id of names)
    await store.tickets.create(newTicket({ workspace_id, user_id, display_name: user_id }))
  const made = { cid: crypto.randomUUID(), fingerprint: '', hash: hashKey(secret, pepper), prefix }
  const rights = { name: null, scopes: ['erase' as const], expires_at: null }
  await store.keys.create({ workspace_id, created_by: 'root', kind: 'server', ...made, ...rights })
  await store.close()
  return secret
}

async function start(place: Place, program: Program, port: number): Promise<ExecutableProcess> {
  const shop = {
    WORKSPACES: `shop:${shopKey}`,
    KEY_PEPPER: pepper,
    HOST: '127.0.0.1',
    PORT: String(port),
    LIMITS: patientLimitsVariable,
  }
  const command = [process.execPath, ...programArgs(program)] as const
  const server = new ExecutableProcess({ command, env: { ...shop, ...place.env } })
  await server.listening()
  return server
}

/** A program with a key that may erase. */
async function openOperator(url: string, api_key: string): Promise<TestSocket> {
  const operator = openSocket(url, { auth: { protocol: 1, workspace_id, api_key, user_id: 'operator' } })
  await operator.first('hello')
  return operator
}

async function connect(url: string, user_id: string, api_key = shopKey): Promise<ChatClient> {
  const client = createChatClient({ url, auth: { workspace_id, api_key, user_id } })
  client.connect()
  while (client.connection.getSnapshot().status !== 'online') await pause()
  return client
}

interface Shown {
  readonly rows: number
  readonly ofPerson: number
}

function isOfPerson({ message }: { readonly message: { readonly author: string | null } }): boolean {
  return message.author === canary
}

/** What is wrong with the list of a client that has watched all the time. */
async function watchedProblems(
  watched: ReturnType<ChatClient['rooms']['messages']>,
  { rows, ofPerson }: Shown,
): Promise<string[]> {
  const removed = () =>
    watched.getSnapshot().messages.filter(({ message }) => message.kind === 'removed').length
  for (let tries = 0; tries < 600 && removed() < ofPerson; tries++) await pause(50)
  const { messages } = watched.getSnapshot()
  const texts = messages.map(({ message }) => `${message.message_data}${message.author}`)
  return [
    ...(ofPerson > 0 ? [] : ['The list did not show the person']),
    ...(messages.length === rows ? [] : [`The list had ${rows} rows, and has ${messages.length}`]),
    ...(removed() === ofPerson ? [] : [`${removed()} of ${ofPerson} rows are removed`]),
    ...(texts.some((text) => text.includes(canary)) ? ['The list still shows the person'] : []),
  ]
}

function pause(ms = 10): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
