import type { Message } from '../../../packages/protocol/src/index.ts'
import type { Guest } from './guest.ts'

/** What a deploy must not do, counted, with the first examples. */
export interface Verdict {
  readonly sent: number
  /** Answered, and not at its place in the log. */
  readonly lost: number
  /** In the log twice. */
  readonly doubled: number
  /** Never answered. */
  readonly unanswered: number
  /** Guests who do not show exactly the log, in its order. */
  readonly notLevel: number
  readonly problems: readonly string[]
}

/** @param logs what the store has in the end, by room */
export function judge(guests: readonly Guest[], logs: ReadonlyMap<string, readonly Message[]>): Verdict {
  const problems = guests.flatMap((guest) => guest.problems)
  const count = { sent: 0, lost: 0, doubled: 0, unanswered: 0, notLevel: 0 }
  const add = (kind: 'lost' | 'doubled' | 'unanswered' | 'notLevel', what: string): void => {
    count[kind] += 1
    problems.push(`${kind}: ${what}`)
  }
  for (const [room, log] of logs) {
    const texts = new Set(log.map(({ message_data }) => message_data))
    if (texts.size < log.length) add('doubled', `${log.length - texts.size} messages in ${room}`)
    for (const [at, { seq }] of log.entries()) if (seq !== at + 1) add('lost', `${at + 1} in ${room}`)
    const ids = log.map(({ _id }) => _id).join()
    for (const { user, shown } of guests.filter((guest) => guest.room === room))
      if (shown.join() !== ids) add('notLevel', `${user} shows ${shown.length} of ${log.length} in ${room}`)
  }
  for (const { user, sent } of guests) {
    for (const { room, text, place } of sent) {
      count.sent += 1
      if (!place) add('unanswered', `${user}: ${text}`)
      else if (logs.get(room)?.[place.seq - 1]?._id !== place._id) add('lost', `${user}: ${text}`)
    }
  }
  return { ...count, problems: problems.slice(0, 20) }
}
