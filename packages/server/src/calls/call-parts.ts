import { type CallEvent, callDevices } from '@dowellchat/protocol'
import { devicesOf } from '../delivery/audience.ts'
import type { Notify } from '../delivery/facts.ts'
import type { Limits } from '../limits.ts'
import type { Logger, Trace } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Sockets } from '../sockets/sockets.ts'
import type { Whereabouts } from '../sockets/whereabouts.ts'
import { missedBy } from '../stores/call-claims.ts'
import type { Call, CallStore, OwnedCall } from '../stores/store.ts'
import type { MissedCalls } from '../webhooks/unread-events.ts'
import type { CallsHere } from './calls-here.ts'

/** What looking after calls needs of the server. */
export interface CallParts {
  readonly calls: CallStore
  /** The open calls of this server's devices. */
  readonly here: CallsHere
  readonly nodes: Nodes
  readonly sockets: Pick<Sockets, 'push' | 'enterCall'>
  readonly whereabouts: Whereabouts
  /** Sends facts to the sockets of all servers. */
  readonly push: Notify
  readonly limits: Pick<Limits, 'callGraceMs' | 'ringMs'>
  /** Tells of somebody who was called and has not answered; undefined where nobody is told. */
  readonly missedCall: MissedCalls | undefined
  /** Tells in a ticket's conversation of a call that has ended. */
  readonly callEnded: (workspaceId: string, call: Call) => void
  readonly logger: Logger
  readonly trace: Trace | undefined
}

/** How many calls are read at a time. */
const pageLength = 200

/** Reads an owner's open calls page by page. */
export async function* pagesOf(calls: CallStore, owner: string): AsyncGenerator<readonly OwnedCall[]> {
  for (let after = ''; ; ) {
    const page = await calls.listOwned(owner, { after, limit: pageLength })
    const last = page.at(-1)
    // A page may have fewer than there are: rows that cannot be read are left out.
    if (!last) return
    yield page
    after = last.call._id
  }
}

/**
 * Changes an open call of an owner by itself, which no request has asked for; that it ends, all its devices hear. Nothing
 * happens if the call has ended or has another owner by now.
 */
export async function change(
  {
    calls,
    push,
    trace,
    missedCall,
    callEnded,
  }: Pick<CallParts, 'calls' | 'push' | 'trace' | 'missedCall' | 'callEnded'>,
  { workspace_id, call }: OwnedCall,
  event: CallEvent,
): Promise<void> {
  const outcome = await calls.transition(workspace_id, call._id, event, call.owner)
  if (!('changed' in outcome) || !outcome.changed) return
  const { state, reason } = outcome.call
  const device = 'device' in event ? event.device : undefined
  trace?.({ step: event.type, call: call._id, device, state, reason, workspace: workspace_id }, 'call')
  if (state !== 'ended') return
  if (missedCall) tellMissed(missedCall, workspace_id, outcome.call)
  callEnded(workspace_id, outcome.call)
  const data = { callId: call._id, reason: reason ?? 'lost' }
  push(devicesOf(workspace_id, callDevices(outcome.call)), 'callEnded', data)
}

/** Tells those who were called of a call that has ended unanswered, unless they have declined it. */
export function tellMissed(missedCall: MissedCalls, workspaceId: string, call: Call): void {
  for (const user_id of missedBy(call))
    missedCall(workspaceId, { call: call._id, user_id, caller: call.caller.user_id })
}

/** The devices of a call, with its workspace. */
export function placedDevices({ workspace_id, call }: { workspace_id: string; call: Call }) {
  return callDevices(call).map((device) => ({ workspace_id, ...device }))
}
