import type { Message } from '@dowellchat/client'
import { paths } from '../../lib/paths.ts'

/** The kind of a stream, and the name or id behind it: `room:lobby`. */
export function splitStream(stream: string): readonly [kind: string, name: string] {
  const end = stream.indexOf(':')
  return [stream.slice(0, end), stream.slice(end + 1)]
}

/** The address of a message that was found. */
export function pathOf({ stream, nth }: Pick<Message, 'stream' | 'nth'>): string {
  const [kind, name] = splitStream(stream)
  return kind === 'ticket' ? paths.ticket(name, nth) : paths.room(name, nth)
}
