import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import type { Message } from '../../../packages/protocol/src/messages.ts'
import { openChat, type TestSocket } from '../../../packages/server/src/testing/connect.ts'
import { searchWorkspaces } from '../../../packages/server/tests/support/searching.ts'
import { pick, type Random, seeded } from '../stores/random.ts'

const seed = 17
const words = ['apple', 'Äpfel', 'plum', 'pear', 'cherry', '北京', '東京都']
const people = ['ann', 'ben', 'eve']

/** What the rooms have, and who is in them. */
interface Model {
  readonly rooms: Map<string, Set<string>>
  readonly messages: Map<string, Message>
}

function textOf(random: Random): string {
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, words)).join(' ')
}

/** The ids of the messages that somebody has to find. */
function expectedOf({ rooms, messages }: Model, user: string, word: string): Set<string> {
  const readable = ({ stream }: Message) => rooms.get(stream.replace('room:', ''))?.has(user)
  const found = [...messages.values()].filter(
    (one) => readable(one) && one.message_data.split(' ').includes(word),
  )
  return new Set(found.map(({ _id }) => _id))
}

async function foundBy(socket: TestSocket, text: string): Promise<Set<string>> {
  const ids = new Set<string>()
  for (let before: string | null | undefined; before !== null; ) {
    const page = await socket.request('search', { text, limit: 50, ...(before && { before }) })
    for (const { message } of page.hits) ids.add(message._id)
    before = page.before
  }
  return ids
}

async function operate(
  random: Random,
  { rooms, messages }: Model,
  sockets: ReadonlyMap<string, TestSocket>,
): Promise<void> {
  const [room, members] = pick(random, [...rooms])
  const user = pick(random, [...members])
  const socket = sockets.get(user) as TestSocket
  const own = [...messages.values()].filter(
    ({ author, stream }) => author === user && stream === `room:${room}`,
  )
  const target = own.length === 0 ? undefined : pick(random, own)
  const named = target && {
    stream: target.stream,
    seq: target.seq,
    message_id: target._id,
    cid: randomUUID(),
  }
  const dice = random()
  if (named && dice < 0.2) {
    const message_data = textOf(random)
    const { message } = await socket.request('edit_message', { ...named, message_data })
    messages.set(named.message_id, message)
  } else if (named && dice < 0.35) {
    await socket.request('delete_message', named)
    messages.delete(named.message_id)
  } else if (dice < 0.45) {
    const other = pick(random, people.slice(1))
    const isIn = members.has(other)
    const change = { room, members: [other] }
    await sockets.get('ann')?.request(isIn ? 'remove_members' : 'add_members', change)
    if (isIn) members.delete(other)
    else members.add(other)
  } else {
    const message = { room_id: room, message_data: textOf(random), cid: randomUUID() }
    const sent = await socket.request('message_event', message)
    messages.set(sent._id, sent)
  }
}

it(`[FT4] finds what a list of all messages finds, and never anything else, after random steps (seed ${seed})`, async () => {
  const random = seeded(seed)
  const chat = await openChat(onTestFinished, { workspaces: searchWorkspaces })
  const sockets = new Map(await Promise.all(people.map(async (id) => [id, await chat.connect(id)] as const)))
  const model: Model = { rooms: new Map(), messages: new Map() }
  for (let n = 0; n < 3; n++) {
    const made = { kind: 'members', members: people.slice(1), cid: randomUUID() } as const
    const room = await sockets.get('ann')?.request('create_room', made)
    model.rooms.set(room?._id ?? '', new Set(people))
  }
  for (let step = 1; step <= 160; step++) {
    await operate(random, model, sockets)
    const [user, socket] = pick(random, [...sockets])
    const word = pick(random, words)
    const found = await foundBy(socket, word)
    const expected = expectedOf(model, user, word)
    expect(
      [...found].filter((id) => !expected.has(id)),
      `step ${step}: ${user} looks for ${word}`,
    ).toEqual([])
  }
  for (const [user, socket] of sockets)
    for (const word of words)
      await expect
        .poll(async () => [...(await foundBy(socket, word))].toSorted(), { timeout: 20_000 })
        .toEqual([...expectedOf(model, user, word)].toSorted())
})
