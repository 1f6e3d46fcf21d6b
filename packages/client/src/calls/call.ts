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
  /** Whether the caller's camera is on. */
  readonly hasVideo: boolean
}

export interface Call {
  /** Null until the server has created the call. */
  readonly callId: string | null
  readonly direction: 'outgoing' | 'incoming'
  /** The address of the other party. */
  readonly with: string
  readonly name: string | null
  /** `starting` while microphone and camera are opened, `connecting` from the answer until sound and picture flow. */
  readonly status: 'starting' | 'ringing' | 'connecting' | 'connected' | 'ended'
  /** The other party's sound and picture. */
  readonly remote: CallMedia | null
  /** What the other party has turned on; null if its client does not say (V2's pages do not). */
  readonly remoteMedia: { readonly microphone: boolean; readonly camera: boolean } | null
  /** ISO 8601. */
  readonly connectedAt: string | null
  /** Why it ended: `failed` if sound and picture could not be connected, null if `error` says why. */
  readonly reason: CallEndReason | 'failed' | null
  readonly error: RequestError | MediaError | null
}

/** A call in its first state. */
export function newCall(direction: Call['direction'], address: string): Call {
  return {
    callId: null,
    direction,
    with: address,
    name: null,
    status: 'starting',
    remote: null,
    remoteMedia: null,
    connectedAt: null,
    reason: null,
    error: null,
  }
}
