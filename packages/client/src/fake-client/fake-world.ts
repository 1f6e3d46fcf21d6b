import type { PushName, Role } from '@dowellchat/protocol'
import type { ErrorCode, Message, PushOf } from '../entities.ts'
import type { FakeMemory } from './fake-memory.ts'
import type { FakeStreams } from './fake-streams.ts'

/** What a user may do with the messages of others. */
export interface FakeRights {
  readonly removesOthers: boolean
  readonly pins: boolean
}

/** What the parts of a fake server know of it. */
export interface FakeWorld {
  readonly streams: FakeStreams
  readonly memory: FakeMemory
  /** The client's user. */
  readonly user_id: string
  readonly name: string | null
  readonly role: Role
  /** Sends the client something. */
  readonly push: <K extends PushName>(name: K, data: PushOf<K>) => void
  /** Puts a message of the user's at the end of a stream. */
  readonly store: (stream: string, draft: Readonly<Record<string, unknown>>) => Message
  readonly rightsIn: (stream: string) => FakeRights
  /** Throws as the server refuses a request. */
  refuse(code: ErrorCode, message: string): never
}

export const now = (): string => new Date().toISOString()
