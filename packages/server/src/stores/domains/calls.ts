import type { CallDevice, CallEvent, CallStatus } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface Call extends CallStatus {
  readonly _id: string
  /** The address that the callee was shown as the caller's. */
  readonly from: string
  /** How many signals followed the offer. */
  readonly seq: number
  readonly created_at: string
  readonly answered_at: string | null
  readonly ended_at: string | null
}

export interface NewCall extends ClientMade {
  readonly workspace_id: string
  readonly caller: CallDevice
  readonly callee_devices: readonly CallDevice[]
  readonly from: string
  /** How many calls of the caller's user may ring at a time; of these only one to each user. */
  readonly most_ringing?: number
}

/** `callTransition`'s answer, with the call as it was and as it is. Refused with `not_found` if there is no such call. */
export type CallChange =
  | { readonly changed: boolean; readonly before: Call; readonly call: Call }
  | { readonly refused: 'not_found' | 'conflict'; readonly why: string }

export interface CallStore {
  /**
   * A cid is unique per workspace and caller's user. With no device to ring only an earlier call of that cid is
   * answered, else null.
   */
  create(call: NewCall): Promise<Creation<Call> | null>
  /** Runs the protocol's `callTransition` on the call, atomically. */
  transition(workspaceId: string, callId: string, event: CallEvent): Promise<CallChange>
  /** The calls that the device is in, ringing or active, newest first. */
  listOpen(workspaceId: string, device: CallDevice): Promise<Call[]>
  /** Ends every open call as `lost`: after a start nobody is connected. */
  endAll(): Promise<void>
}
