import { type ClientRequestName, clientRequests, type PushName, type Role } from '@dowellchat/protocol'
import type { DataOf, ErrorCode, Message, PushOf } from '../entities.ts'
import { RequestError } from '../errors.ts'
import { fakeChanges } from './fake-changes.ts'
import { FakeDesk } from './fake-desk.ts'
import { FakeDrafts } from './fake-drafts.ts'
import { FakeFiles } from './fake-files.ts'
import { FakeMemory } from './fake-memory.ts'
import { fakeStore } from './fake-messages.ts'
import { fakeModeration } from './fake-moderation.ts'
import { FakePresence } from './fake-presence.ts'
import { FakeReaders } from './fake-readers.ts'
import { requestsOf } from './fake-rights.ts'
import { FakeRooms } from './fake-rooms.ts'
import { fakeSearch } from './fake-search.ts'
import { epoch, FakeStreams } from './fake-streams.ts'
import { FakeThreads } from './fake-threads.ts'
import { FakeTickets } from './fake-tickets.ts'
import { FakeUsers } from './fake-users.ts'
import type { FakeWorld } from './fake-world.ts'

/** Who the fake client is. */
export interface FakeUser {
  /** Default: `ann`. */
  readonly user_id?: string
  readonly name?: string
  /** Default: `customer`. */
  readonly role?: Role
  readonly is_guest?: boolean
  readonly workspace_id?: string
  /** The requests that `session.can` and `useRoom().can` have. Default: those of the role. */
  readonly can?: readonly ClientRequestName[]
}

/** What a request or a message has. */
export type Fields = Readonly<Record<string, unknown>>

export type AnyAnswer = (payload: never) => unknown

/** What a fake server knows, and what it answers by itself. */
export class FakeParts {
  /** What the session may send. */
  readonly can: readonly string[]
  readonly streams: FakeStreams
  readonly readers: FakeReaders
  readonly threads: FakeThreads
  readonly files: FakeFiles
  /** Puts a message of the user's at the end of a stream, once for its cid. */
  readonly store: (stream: string, draft: Fields) => Message
  /** What is answered to requests, but for pages and messages. */
  readonly answers: Readonly<Partial<Record<ClientRequestName, AnyAnswer>>>
  readonly #memory = new FakeMemory()
  readonly #rooms: FakeRooms
  readonly #tickets: FakeTickets
  readonly #desk: FakeDesk
  readonly #presence: FakePresence
  readonly #drafts: FakeDrafts

  /** @param send sends the client something */
  constructor(user: FakeUser, send: (name: PushName, data: unknown) => void) {
    const { user_id = 'ann', role = 'customer', is_guest = false, can } = user
    this.can = can ?? requestsOf(role, is_guest)
    this.streams = new FakeStreams((entries, stream) => send('entries', { stream, epoch, entries }))
    const world: FakeWorld = {
      ...{ streams: this.streams, memory: this.#memory, user_id, role, push: send },
      name: user.name ?? null,
      store: (stream, draft) => this.store(stream, draft),
      rightsIn: (stream) => this.#rooms.rightsIn(this.threads.parentOf(stream)),
      refuse(code: ErrorCode, message: string): never {
        throw new RequestError('get_messages', { code, message, retryable: false })
      },
    }
    const list = (room: string, isListed: boolean): void => this.readers[isListed ? 'list' : 'unlist'](room)
    this.#rooms = new FakeRooms({ ...world, can: this.can, list })
    this.readers = new FakeReaders({ ...world, rooms: this.#rooms })
    this.#tickets = new FakeTickets({ ...world, unreadIn: (stream) => this.readers.unreadIn(stream) })
    this.#desk = new FakeDesk(world)
    this.threads = new FakeThreads(world)
    this.#presence = new FakePresence(world)
    this.#drafts = new FakeDrafts(world)
    this.files = new FakeFiles(world)
    const receive = (message: Message): Message => this.receive(message)
    const expectOpen = (stream: string): void => this.#tickets.expectOpen(stream)
    this.store = fakeStore({ ...world, files: this.files, receive, expectOpen })
    const parts = [this.#rooms, this.readers, this.#tickets, this.#desk, this.threads, this.#presence]
    this.answers = {
      ...{ ...fakeChanges(world), ...fakeModeration(world), ...fakeSearch(world) },
      ...answersIn(...parts, this.#drafts, this.files, new FakeUsers(world)),
    }
  }

  /** Puts a message at the end of its stream. */
  receive(message: Message): Message {
    const placed = this.streams.receive(message)
    for (const part of [this.readers, this.#tickets, this.threads, this.#drafts]) part.onMessage(placed)
    return placed
  }

  /** What the test pushes is so from then on. */
  notePush<K extends PushName>(name: K, data: PushOf<K>): void {
    this.#memory.note(data)
    for (const part of [this.#rooms, this.#desk, this.#presence, this.#drafts]) part.note(name, data)
  }

  /** What the test answers is so from then on. */
  noteAnswer(name: ClientRequestName, { room }: Fields, data: unknown): void {
    this.#memory.note(data)
    if (name === 'get_room_members') this.#rooms.noteMembers(String(room), data as DataOf<'get_room_members'>)
  }
}

/** The methods of parts that answer requests of their names. */
function answersIn(...parts: readonly object[]): FakeParts['answers'] {
  const all = parts.flatMap((part) => Object.entries(part))
  return Object.fromEntries(all.filter(([name]) => name in clientRequests)) as FakeParts['answers']
}
