import type { Observable } from '../live/observable.ts'
import type { MessageOrRow } from '../messages/live-stream.ts'

/** Somebody who is writing. */
export interface Typist {
  readonly user_id: string
  readonly display_name: string | null
}

export interface TypingState {
  /** The user is not among them, and no more than 20 are. */
  readonly typing: readonly Typist[]
}

/** Where people write: a room by its name, a ticket by its id, or a message's thread. */
export type TypingPlace = string | { readonly ticket: string } | { readonly thread: MessageOrRow | string }

/**
 * Who else is writing in a conversation that is joined, and how to say that the user is.
 *
 * @example
 * const typing = client.presence.typing('lobby')
 * input.addEventListener('input', typing.keystroke)
 * input.addEventListener('blur', typing.stop)
 */
export interface LiveTyping extends Observable<TypingState> {
  /** Follows who is writing; call the answer to let go. */
  readonly retain: () => () => void
  /** Says that the user is writing: at most every 3 seconds, however often it is called. It is over 5 seconds after the last call. */
  readonly keystroke: () => void
  /** Says that the user has stopped: call it when they have sent what they wrote, and when they leave the field. */
  readonly stop: () => void
}

export const nobodyTypes: TypingState = { typing: [] }
