import type { CallEndReason } from '../entities.ts'
import type { MediaError, RequestError } from '../errors.ts'
import type { CallMedia } from './dom-types.ts'

export interface CallsState {
  readonly current: Call | null
  /** The calls that ring, newest first. */
  readonly incoming: readonly IncomingCall[]
}

export interface IncomingCall {
  readonly callId: string
  /** The caller's address; calling it calls back. */
  readonly from: string
  readonly name: string | null
  /** The caller's user id; null from servers before 0.10. */
  readonly userId: string | null
  /** What the call is begun with: sound alone, or sound and picture. */
  readonly media: 'audio' | 'video'
  /** Whether the caller's camera is on. */
  readonly hasVideo: boolean
  /** The ticket that the call is about, if there is one. */
  readonly ticketId: string | null
}

/** How well sound and picture come through. */
export type CallQuality = 'good' | 'fair' | 'poor'

export interface Call {
  /** Null until the server has created the call. */
  readonly callId: string | null
  readonly direction: 'outgoing' | 'incoming'
  /** The address of the other party. */
  readonly with: string
  readonly name: string | null
  /** The caller's user id, in an incoming call; otherwise null. */
  readonly userId: string | null
  /** What the call was begun with: sound alone, or sound and picture. */
  readonly media: 'audio' | 'video'
  /** The ticket that the call is about, if there is one. */
  readonly ticketId: string | null
  /**
   * `starting` while microphone and camera are opened, `connecting` from the answer until sound and picture flow,
   * `reconnecting` while they are interrupted.
   */
  readonly status: 'starting' | 'ringing' | 'connecting' | 'connected' | 'reconnecting' | 'ended'
  /** The other party's sound and picture. */
  readonly remote: CallMedia | null
  /** The screen that the other party shares; null while it shares none. On a page of V2 the screen comes in `remote`. */
  readonly remoteScreen: CallMedia | null
  /** What the other party has turned on; null if its client does not say (V2's pages do not). */
  readonly remoteMedia: { readonly microphone: boolean; readonly camera: boolean } | null
  /** Whether the call is on hold, here or by the other party: then nobody is heard or seen. */
  readonly hold: { readonly here: boolean; readonly there: boolean }
  /** How well sound and picture come through; null until that is known. */
  readonly quality: CallQuality | null
  /** ISO 8601. */
  readonly connectedAt: string | null
  /** ISO 8601; null in a call that never rang. */
  readonly endedAt: string | null
  /** Whether it was ended here: cancelled, hung up or given up. */
  readonly endedHere: boolean
  /** Why it ended: `failed` if sound and picture could not be connected, null if `error` says why. */
  readonly reason: CallEndReason | null
  readonly error: RequestError | MediaError | null
}

/** A call in its first state. */
export function newCall(direction: Call['direction'], address: string, media: Call['media']): Call {
  return {
    callId: null,
    direction,
    with: address,
    name: null,
    userId: null,
    media,
    ticketId: null,
    status: 'starting',
    remote: null,
    remoteScreen: null,
    remoteMedia: null,
    hold: { here: false, there: false },
    quality: null,
    connectedAt: null,
    endedAt: null,
    endedHere: false,
    reason: null,
    error: null,
  }
}
