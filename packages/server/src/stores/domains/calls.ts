import type { CallDevice, CallEvent, CallStatus } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface Call extends CallStatus {
  readonly _id: string
  /** The id of the server that looks after the call: the one that made it, or has taken it over. */
  readonly owner: string
  /** The address that the callee was shown as the caller's. */
  readonly from: string
  /** How many signals followed the offer. */
  readonly seq: number
  readonly created_at: string
  readonly answered_at: string | null
  readonly ended_at: string | null
  /** The ticket that it was started from. */
  readonly ticket_id: string | null
}

export interface NewCall extends ClientMade {
  readonly workspace_id: string
  readonly owner: string
  readonly caller: CallDevice
  readonly callee_devices: readonly CallDevice[]
  readonly from: string
  readonly ticket_id?: string
  /** How many calls of the caller's user may ring at a time; of these only one to each user. */
  readonly most_ringing?: number
}

/** `callTransition`'s answer, with the call as it was and as it is. Refused with `not_found` if there is no such call. */
export type CallChange =
  | { readonly changed: boolean; readonly before: Call; readonly call: Call }
  | { readonly refused: 'not_found' | 'conflict'; readonly why: string }

/** An open call, with its workspace. */
export interface OwnedCall {
  readonly workspace_id: string
  readonly call: Call
}

export interface OwnedPage {
  /** The id of the last call of the page before; '' for the first page. */
  readonly after: string
  readonly limit: number
}

/** How many calls `listOpenOf` answers at most. */
export const mostOpenCalls = 20

export interface CallStore {
  /**
   * A cid is unique per workspace and caller's user. With no device to ring only an earlier call of that cid is
   * answered, else null.
   */
  create(call: NewCall): Promise<Creation<Call> | null>
  /**
   * Runs the protocol's `callTransition` on the call, atomically.
   * @param owner whose the call must be, else the answer is `conflict`
   */
  transition(workspaceId: string, callId: string, event: CallEvent, owner?: string): Promise<CallChange>
  /** The calls that the device is in, ringing or active, newest first. */
  listOpen(workspaceId: string, device: CallDevice): Promise<Call[]>
  /** The calls that a user is in on any device, ringing or active, newest first; at most `mostOpenCalls`. */
  listOpenOf(workspaceId: string, userId: string): Promise<Call[]>
  /** Gives an open call to another owner. False if it has ended, or has another owner than it is taken from. */
  takeOver(workspaceId: string, callId: string, from: string, to: string): Promise<boolean>
  /** The owners of the open calls of all workspaces. */
  owners(): Promise<string[]>
  /** An owner's open calls in all workspaces, in the order of their ids. */
  listOwned(owner: string, page: OwnedPage): Promise<OwnedCall[]>
}
