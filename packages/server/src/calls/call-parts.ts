import { type CallDevice, callDevices } from '@dowellchat/protocol'
import { devicesOf } from '../delivery/audience.ts'
import type { Notify } from '../delivery/facts.ts'
import type { Limits } from '../limits.ts'
import type { Logger, Trace } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Sockets } from '../sockets/sockets.ts'
import type { Whereabouts } from '../sockets/whereabouts.ts'
import type { Call, CallStore, OwnedCall } from '../stores/store.ts'

/** What looking after calls needs of the server. */
export interface CallParts {
  readonly calls: CallStore
  readonly nodes: Nodes
  readonly sockets: Pick<Sockets, 'push' | 'enterCall'>
  readonly whereabouts: Whereabouts
  /** Sends facts to the sockets of all servers. */
  readonly push: Notify
  readonly limits: Pick<Limits, 'callGraceMs'>
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
 * Takes a device out of an open call of an owner; a call that cannot go on without it ends as `lost`, which all its devices
 * hear. Nothing happens if the call has ended or has another owner by now.
 */
export async function loseDevice(
  { calls, push, trace }: Pick<CallParts, 'calls' | 'push' | 'trace'>,
  { workspace_id, call }: OwnedCall,
  device: CallDevice,
): Promise<void> {
  const change = await calls.transition(workspace_id, call._id, { type: 'lose', device }, call.owner)
  if (!('changed' in change) || !change.changed) return
  const { state, reason } = change.call
  trace?.({ step: 'lose', call: call._id, device, state, reason, workspace: workspace_id }, 'call')
  if (state !== 'ended') return
  const data = { callId: call._id, reason: reason ?? 'lost' }
  push(devicesOf(workspace_id, callDevices(change.call)), 'callEnded', data)
}

/** The devices of a call, with its workspace. */
export function placedDevices({ workspace_id, call }: { workspace_id: string; call: Call }) {
  return callDevices(call).map((device) => ({ workspace_id, ...device }))
}
