import type { Message } from '../messages.ts'
import type { Entry } from '../streams.ts'

const v2Kinds: ReadonlySet<Message['kind']> = new Set(['text', 'closed'])

/** Whether V2 clients get an entry: they know nothing of what is removed. */
export function isV2Message(entry: Entry): entry is Message {
  return entry.type === 'message' && v2Kinds.has(entry.kind)
}
