import { randomUUID } from 'node:crypto'
import { KeyScope, type RequestName, type Role, requests } from '@dowellchat/protocol'
import { v2Requests } from '@dowellchat/protocol/v2'
import { expect, it, onTestFinished, vi } from 'vitest'
import { folderAttachments } from '../src/attachments/folder/folder-attachments.ts'
import type { Scope } from '../src/identity/identity.ts'
import { permissions, type Right } from '../src/identity/permissions.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { signUserToken } from '../src/tokens/index.ts'
import { newFolder } from './support/files.ts'
import { impersonal } from './support/impersonal.ts'
import { type Names, samplesOf } from './support/sample-payloads.ts'
import { keyPepper, storedKey } from './support/stored-keys.ts'

vi.setConfig({ testTimeout: 300_000 })

const scopes: readonly Scope[] = KeyScope.options
const secret = 'a secret of the matrix that is long enough'
const names = Object.keys(requests) as RequestName[]

interface Person {
  readonly socket: TestSocket
  readonly id: string
}

interface Actor extends Person {
  rightOf(name: RequestName): Right
}

const actors = {
  customer: (chat: TestChat, _keys: Keys, name: string) => withToken(chat, 'customer', name),
  agent: (chat: TestChat, _keys: Keys, name: string) => withToken(chat, 'agent', name),
  admin: (chat: TestChat, _keys: Keys, name: string) => withToken(chat, 'admin', name),
  guest: async (chat: TestChat) => {
    const socket = chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
    const { user_id } = await socket.first('hello')
    return { socket, id: user_id, rightOf: (name) => permissions[name].guest }
  },
  'server key without scopes': (chat: TestChat, keys: Keys, name: string) =>
    withKey(chat, keys.plain, [], name),
  'server key with all scopes': (chat: TestChat, keys: Keys, name: string) =>
    withKey(chat, keys.scoped, scopes, name),
} satisfies Record<string, (chat: TestChat, keys: Keys, name: string) => Promise<Actor>>

interface Keys {
  readonly plain: string
  readonly scoped: string
}

async function withToken(chat: TestChat, role: Role, name: string): Promise<Actor> {
  const id = `${role}-of-${name}`
  const token = await signUserToken({ user_id: id, workspace_id: 'demo', role }, { secret })
  const socket = chat.open({ protocol: 1, token, device_id: randomUUID() })
  await socket.first('hello')
  return { socket, id, rightOf: (request) => permissions[request][role] }
}

async function withKey(chat: TestChat, api_key: string, own: readonly Scope[], name: string): Promise<Actor> {
  const id = `program-of-${name}`
  const socket = await chat.connect(id, { api_key, role: 'admin' })
  const rightOf = (request: RequestName): Right => {
    const { scope, admin } = permissions[request]
    if (scope) return own.includes(scope) ? 'all' : 'none'
    return admin
  }
  return { socket, id, rightOf }
}

/** A room with members, a ticket, a ringing call and an invitation: of one person, made with another's help. */
async function thingsOf(
  { socket, id }: Person,
  { socket: helper, id: helperId }: Person,
  mayMakeRooms: boolean,
): Promise<Pick<Names, 'members' | 'ticket' | 'call' | 'invite'>> {
  const shared = await helper.request('create_room', { kind: 'members', members: [id], cid: randomUUID() })
  const room = mayMakeRooms
    ? await socket.request('create_room', { kind: 'members', members: [helperId], cid: randomUUID() })
    : shared
  const another = await helper.request('create_room', { kind: 'members', members: [], cid: randomUUID() })
  const { invite } = await helper.request('create_invite', { room: another._id, cid: randomUUID() })
  const ticket = await socket.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const ringing = { userToCall: id, signalData: 'x', cid: randomUUID() }
  const { callId } = await helper.request('callUser', ringing)
  return { members: room._id, ticket: ticket._id, call: callId, invite }
}

/** Open rooms and topics are everybody's. In a new room, what is sent has the same places each time. */
function namesOf(
  things: Pick<Names, 'members' | 'ticket' | 'call' | 'invite'>,
  user: string,
  room = randomUUID() as string,
): Names {
  const nothing = { socket: 'A'.repeat(20), message: randomUUID(), epoch: randomUUID() }
  return {
    room,
    topic: 'billing',
    key: randomUUID(),
    audit: randomUUID(),
    upload: randomUUID(),
    ...nothing,
    ...things,
    user,
  }
}

async function answersOf(actor: Actor, name: RequestName, to: Names): Promise<string[]> {
  const answers: string[] = []
  for (const payload of samplesOf(name, to, randomUUID()))
    answers.push(impersonal(await actor.socket.ask(name, payload), to))
  return answers
}

function codesIn(answers: readonly string[]): string[] {
  return answers.map((answer) => /"code":"(\w+)"/.exec(answer)?.[1] ?? 'success')
}

async function openMatrix(): Promise<{ chat: TestChat; keys: Keys }> {
  const store = await embeddedStore({ path: ':memory:' })
  const [plain, scoped] = [await storedKey(store), await storedKey(store, { scopes: [...scopes] })]
  await store.deliveries.follow('demo', 'hook', '2026-01-01T00:00:00.000Z')
  const demo = { key: 'demo-key', kinds: ['page', 'server'] } as const
  const chat = await openChat(onTestFinished, {
    store,
    keyPepper,
    tokens: { secrets: [secret] },
    // What a server does not offer, it refuses.
    workspaces: [{ id: 'demo', keys: [demo], v2: true, guests: true, search: true }],
    attachments: folderAttachments({ folder: await newFolder() }),
  })
  return { chat, keys: { plain: plain.secret, scoped: scoped.secret } }
}

it.each(Object.entries(actors))(
  '[PE6] allows a %s exactly what the table says, on its own, on foreign and on missing things',
  async (_who, connect) => {
    const { chat, keys } = await openMatrix()
    const root = await chat.connect('root', { role: 'admin' })
    await root.request('create_topic', { name: 'billing', cid: randomUUID() })
    const agnes = { id: 'agnes', socket: await chat.connect('agnes', { role: 'agent' }) }
    for (const name of names) {
      const actor = await connect(chat, keys, name)
      const bea = { id: `bea-${name}`, socket: await chat.connect(`bea-${name}`) }
      const bob = { id: `bob-${name}`, socket: await chat.connect(`bob-${name}`, { role: 'agent' }) }
      const right = actor.rightOf(name)
      const things = await thingsOf(actor, agnes, actor.rightOf('create_room') !== 'none')
      const own = namesOf(things, 'agnes', 'lobby')
      const foreign = namesOf(await thingsOf(bea, bob, true), bea.id)
      const missing = namesOf(
        {
          members: `~${randomUUID()}`,
          ticket: randomUUID(),
          call: randomUUID(),
          invite: `~${randomUUID()}.${'x'.repeat(32)}`,
        },
        'no-such-person',
      )
      for (const { socket } of [bea, bob]) await socket.heard()

      const toMissing = await answersOf(actor, name, missing)
      const toForeign = await answersOf(actor, name, foreign)
      if (right !== 'all') for (const { socket } of [bea, bob]) expect(await socket.heard(), name).toEqual([])
      if (right === 'none') {
        const all = [...toMissing, ...toForeign, ...(await answersOf(actor, name, own))]
        expect(new Set(codesIn(all)), name).toEqual(new Set(['forbidden']))
      } else {
        if (right === 'own') expect(toForeign, name).toEqual(toMissing)
        if (aboutJoined.has(name)) await actor.socket.request('join', { room: 'lobby' })
        const toOwn = codesIn(await answersOf(actor, name, own))
        expect(toOwn, name).not.toContain('internal')
        if (!unprovable.has(name)) expect(toOwn.join(), name).toMatch(/success|conflict/)
      }
      for (const { socket } of [actor, bea, bob]) socket.socket.disconnect()
    }
  },
)

/** Requests about rooms that the connection has joined. */
const aboutJoined: ReadonlySet<RequestName> = new Set(['typing', 'get_room_presence'])

/** Requests whose samples name things that nobody has, such as a token, a message or a draft. */
const unprovable: ReadonlySet<RequestName> = new Set([
  'renew_token',
  'rotate_key',
  'revoke_key',
  'erase_user',
  'edit_message',
  'delete_message',
  'react',
  'unreact',
  'pin_message',
  'unpin_message',
  'get_reactions',
  'get_message_versions',
  'start_thread',
  'join_thread',
  'report',
  'resolve_report',
  'finish_upload',
  'get_attachment_url',
  'stop_draft',
  'get_failed_deliveries',
  'resume_webhook',
  'replay_webhook',
  'get_share_link',
  'update_canned_answer',
  // The users whom they name are no line managers.
  'merge_line',
  'split_line',
  'assign_ticket',
  'set_line_availability',
  'update_line_manager',
  'remove_line_manager',
])

it('[PE7] lets the key of a page reach V2’s events and nothing else', async () => {
  const { chat } = await openMatrix()
  const page = await chat.connectV2()
  const things = { members: `~${randomUUID()}`, ticket: randomUUID(), call: randomUUID(), invite: 'none' }
  for (const name of names) {
    if (name in v2Requests) continue
    for (const payload of samplesOf(name, namesOf(things, 'ann'), randomUUID())) {
      const keyed = { ...payload, workspace_id: 'demo', api_key: 'demo-key' }
      expect(await page.refusal(name, keyed)).toBe('unknown_event')
    }
  }
})
