import type { Link } from '../../../packages/server/src/testing/index.ts'
import type { Heard } from './heard.ts'

/** Where a message is in the log. */
export interface Place {
  readonly _id: string
  readonly seq: number
  readonly nth: number
}

/** A message that somebody has sent, and how that ended: at its place, or with a problem; null while nobody knows. */
export interface Sent {
  readonly room: string
  readonly text: string
  outcome: Place | { readonly problem: string } | null
}

/** What a list shows: all that is seen of each row, and whether older messages are not loaded. */
export interface List {
  readonly rows: readonly string[]
  readonly hasOlder: boolean
}

export const noList: List = { rows: [], hasOlder: false }

/** Somebody who talks through a link that breaks. */
export interface Talker {
  readonly kind: 'sdk' | 'plain' | 'bare'
  readonly user: string
  readonly link: Link
  readonly sent: readonly Sent[]
  /** What was shown, by room. */
  readonly heard: ReadonlyMap<string, Heard>
  /** Whether it knows of everything it has sent how that ended. */
  readonly isIdle: boolean
  say(room: string, text: string): void
  /** What its list of a room shows now. */
  shown(room: string): List
  close(): void
}
