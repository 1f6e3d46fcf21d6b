import type { PushOf } from '@dowellchat/protocol'
import type { MediaError, RequestError } from './errors.ts'

export interface CallsState {
  readonly current: Call | null
  /** Those that ring here, the newest first. */
  readonly incoming: readonly IncomingCall[]
}

export interface IncomingCall {
  readonly callId: string
  /** The caller's address, which can be called back. */
  readonly from: string
  readonly name: string | null
  /** Whether the caller's camera is on. */
  readonly hasVideo: boolean
}

export interface Call {
  /** Null until the server has it. */
  readonly callId: string | null
  readonly direction: 'outgoing' | 'incoming'
  /** The address that was called, or the caller's. */
  readonly with: string
  readonly name: string | null
  /** `starting` while microphone and camera are asked for, `connecting` from the answer until sound and picture flow. */
  readonly status: 'starting' | 'ringing' | 'connecting' | 'connected' | 'ended'
  /** The other's sound and picture. */
  readonly remote: MediaStream | null
  /** What the other has on, as it says; null where it does not say (V2's pages). */
  readonly remoteMedia: { readonly microphone: boolean; readonly camera: boolean } | null
  /** ISO 8601. */
  readonly connectedAt: string | null
  /** Why it ended; `failed` where sound and picture could not be connected, null where `error` says why. */
  readonly reason: PushOf<'callEnded'>['reason'] | 'failed' | null
  readonly error: RequestError | MediaError | null
}

/** A call before anything has happened to it. */
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
