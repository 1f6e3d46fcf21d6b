import {
  isOpen,
  type LineSpeed,
  lineOwner,
  lineSpeed,
  managerLine,
  opensAt,
  topicLine,
  type UnknownReason,
} from '@dowellchat/protocol'
import type { Store } from '../stores/store.ts'
import { isoNow } from '../time.ts'
import { managerSpeed, workerOf } from './line-workers.ts'

/** A line of a workspace, under its name: `topicLine` or `managerLine`. */
export interface LineKey {
  readonly workspace_id: string
  readonly line: string
}

/** A line at a time. */
export interface LineState {
  /** The `lineOrder`s of those in it, first to last, as far as `countedAhead`. */
  readonly orders: readonly string[]
  readonly speed: LineSpeed
  /** Why nobody can say how long it takes; null where that can be said. */
  readonly reason: Exclude<UnknownReason, 'on_hold'> | null
  /** When its topic's people work again, where they do not work now. */
  readonly opens_at: string | null
  /** Of a line manager's line, where it is known: the topics whose people do not work now. */
  readonly closed: readonly string[]
}

/** Where lines are read. */
export interface LineStores {
  readonly tickets: Pick<Store['tickets'], 'ordersIn'>
  readonly lineManagers: Pick<Store['lineManagers'], 'serving' | 'observed'>
  readonly topics: Pick<Store['topics'], 'get'>
}

/** Reads a line: a bounded number of index entries, and its line managers. */
export async function readLine(stores: LineStores, { workspace_id, line }: LineKey): Promise<LineState> {
  const owner = lineOwner(line)
  if (owner?.kind === 'topic') return readTopic(stores, workspace_id, line, owner.name)
  const [orders, serving] = await Promise.all([
    stores.tickets.ordersIn(workspace_id, line),
    stores.lineManagers.observed(workspace_id, owner?.name ?? ''),
  ])
  const speed = serving ? managerSpeed(serving, orders.length) : lineSpeed([])
  return stateOf(orders, speed, null)
}

async function readTopic(
  { tickets, lineManagers, topics }: LineStores,
  workspaceId: string,
  line: string,
  product: string,
): Promise<LineState> {
  const [orders, serving, topic] = await Promise.all([
    tickets.ordersIn(workspaceId, line),
    lineManagers.serving(workspaceId, product),
    topics.get(workspaceId, product),
  ])
  const now = isoNow()
  const hours = topic?.hours ?? null
  return stateOf(
    orders,
    lineSpeed(serving.map(workerOf)),
    isOpen(hours, now) ? null : { at: opensAt(hours, now) },
  )
}

/** @param closed when it opens again, if it is closed */
function stateOf(
  orders: readonly string[],
  speed: LineSpeed,
  closed: { readonly at: string | null } | null,
): LineState {
  const reason = closed ? 'closed_hours' : speed.managers_online === 0 ? 'nobody_online' : null
  return { orders, speed, reason, opens_at: closed?.at ?? null, closed: [] }
}

/** How many are before a place in a line. @param orders sorted */
export function countBefore(orders: readonly string[], order: string): number {
  let [from, until] = [0, orders.length]
  while (from < until) {
    const middle = (from + until) >>> 1
    if ((orders[middle] ?? '') < order) from = middle + 1
    else until = middle
  }
  return from
}

/** The lines in which a ticket is, or may have been before. */
export function linesOf({
  product,
  line_manager,
}: {
  readonly product: string
  readonly line_manager: string | null
}): string[] {
  return line_manager === null ? [topicLine(product)] : [topicLine(product), managerLine(line_manager)]
}
