import { bool, nullable, object, oneOf, only, optional, read, text, whole } from '../../requests/readers.ts'
import type { Call } from '../call.ts'
import type { SignalCounts } from './call-line.ts'
import { parseJson } from './signal.ts'

/** What a page that is loaded again needs of its call. */
export interface KeptCall
  extends Pick<SignalCounts, 'seq'>,
    Pick<Call, 'direction' | 'with' | 'name' | 'userId' | 'media' | 'ticketId' | 'connectedAt'> {
  readonly callId: string
  readonly isHeld: boolean
  /** Missing, as is the next, where an earlier version of this package has kept it. */
  readonly nth?: number | undefined
  readonly hasAnswered?: boolean | undefined
  /** What was on. */
  readonly microphone: boolean
  readonly camera: boolean
}

const keptCall = object<KeptCall>({
  callId: text,
  direction: oneOf<KeptCall['direction']>(only('outgoing'), only('incoming')),
  with: text,
  name: nullable(text),
  userId: nullable(text),
  media: oneOf<KeptCall['media']>(only('audio'), only('video')),
  ticketId: nullable(text),
  connectedAt: nullable(text),
  isHeld: bool,
  seq: whole,
  nth: optional(whole),
  hasAnswered: optional(bool),
  microphone: bool,
  camera: bool,
})

const key = 'dowellchat call'

/** Leaves a call to the page that is loaded next in this tab; false where that is not possible. */
export function keepCall(kept: KeptCall): boolean {
  try {
    sessionStorage.setItem(key, JSON.stringify(kept))
    return true
  } catch {
    return false
  }
}

/** The call that the page before has left, once; undefined if it has left another one, or none. */
export function takeKeptCall(callId: string): KeptCall | undefined {
  try {
    const kept = read(keptCall, parseJson(sessionStorage.getItem(key) ?? ''))
    sessionStorage.removeItem(key)
    return kept?.callId === callId ? kept : undefined
  } catch {
    return undefined
  }
}
