import type { CallDevice, CallEvent, CallMedia, CallStatus } from '@dowellchat/protocol'
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
  /** What it was begun with. */
  readonly media: CallMedia
  /** The users that it rang, without the caller's own; they stay, whatever becomes of their devices. */
  readonly callees: readonly string[]
  /** Whether it was for somebody who had blocked the caller: it is in the caller's history alone. */
  readonly is_blocked: boolean
}

/** Part of a user's history, newest first. */
export interface HistoryPage {
  /** Only calls that rang the user, who has neither answered nor declined them. */
  readonly missed?: boolean
  /** The id of a call: only older ones. */
  readonly before?: string
  readonly limit: number
}

/** What becomes of a new call; null where no device can ring, and nobody has missed it. */
export type CallCreation =
  | Creation<Call>
  /** One of those whom it would ring is ringing its caller already: that call. */
  | { readonly crossed: Call }
  /** Its caller is in a call that was answered. */
  | { readonly conflict: 'talking' }
  | null

export interface NewCall extends ClientMade {
  readonly workspace_id: string
  readonly owner: string
  readonly caller: CallDevice
  readonly callee_devices: readonly CallDevice[]
  /** Whom it is for where no device can ring: it is stored as one that has ended, and that they have missed. */
  readonly unreached?: Unreached
  readonly from: string
  readonly media: CallMedia
  readonly ticket_id?: string
  /** How many calls of the caller's user may ring at a time. Of these only one to each user, whatever this says. */
  readonly most_ringing?: number
}

/** Somebody who was called and is connected nowhere, or looks so to the caller. */
export interface Unreached {
  readonly user_id: string
  /** Whether they have blocked the caller. */
  readonly is_blocked: boolean
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

/** By how much `takeOver` raises a call's `seq`: more signals are not sent while one server looks after it. */
export const seqsOfOwner = 1_000_000

/** How many calls `listOpenOf` answers at most. */
export const mostOpenCalls = 20

export interface CallStore {
  /**
   * A cid is unique per workspace and caller's user. Between two users one call rings at a time, whoever calls, and whichever
   * servers they ask.
   */
  create(call: NewCall): Promise<CallCreation>
  get(workspaceId: string, callId: string): Promise<Call | null>
  /** The calls that a user has made, or that were for them, under any of their ids, newest first. */
  history(workspaceId: string, userIds: readonly string[], page: HistoryPage): Promise<Call[]>
  /**
   * Runs the protocol's `callTransition` on the call, atomically. Nobody is in two calls that were answered: an answer that
   * would make it so is refused as a `conflict`.
   * @param owner whose the call must be, else the answer is `conflict`
   */
  transition(workspaceId: string, callId: string, event: CallEvent, owner?: string): Promise<CallChange>
  /** The calls that the device is in, ringing or active, newest first. */
  listOpen(workspaceId: string, device: CallDevice): Promise<Call[]>
  /** The calls that a user is in on any device, ringing or active, newest first; at most `mostOpenCalls`. */
  listOpenOf(workspaceId: string, userId: string): Promise<Call[]>
  /** Gives an open call to another owner, and raises its `seq` by `seqsOfOwner`, past what the former has counted. False if it has ended, or has another owner than it is taken from. */
  takeOver(workspaceId: string, callId: string, from: string, to: string): Promise<boolean>
  /** The owners of the open calls of all workspaces. */
  owners(): Promise<string[]>
  /** An owner's open calls in all workspaces, in the order of their ids. */
  listOwned(owner: string, page: OwnedPage): Promise<OwnedCall[]>
}
