import type { CloserLook } from './closer-look.ts'
import type { EmbeddedLog } from './logs.ts'

/** The text of the message at a seq, as it is told; undefined where there is none. */
export type MessageAt = (log: EmbeddedLog | undefined, seq: number) => string | undefined

export function embeddedMessageAt(look: CloserLook): MessageAt {
  return (log, seq) => {
    if (!log || seq <= log.pruned.seq || seq > log.head.seq) return undefined
    return look(log, { low: seq, high: seq, messagesOnly: true })[0]?.text
  }
}
