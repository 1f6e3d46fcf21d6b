import type { PayloadOf } from '@dowellchat/protocol'
import { mostListed } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { handBackIfRemoved, tellMoved, tryMove } from './moving.ts'

type Between = PayloadOf<'merge_line'>

/** So many tickets are moved side by side. */
const movedAtOnce = 20

/** Gives all open tickets of `from`, or those of a topic, to `to`; answers how many. */
export async function mergeLines({ from, to, product }: Between, context: Context): Promise<number> {
  return give(await openOf(from, product, context), from, to, context)
}

/** Gives every second open ticket of `to`, or of those of a topic, to `from`. */
export async function splitLines({ from, to, product }: Between, context: Context): Promise<number> {
  const open = await openOf(to, product, context)
  return give(
    open.filter((_, at) => at % 2 === 1),
    to,
    from,
    context,
  )
}

/** Those that somebody else has by now stay theirs. */
async function give(
  ticketIds: readonly string[],
  from: string,
  to: string,
  context: Context,
): Promise<number> {
  const move = { kind: 'assign', line_manager: to, expected: from } as const
  const giveOne = async (id: string): Promise<number> => {
    const moved = await tryMove(context, id, move)
    if ('refused' in moved) return 0
    await tellMoved(context, move, moved)
    return moved.moved_now ? 1 : 0
  }
  let count = 0
  for (let at = 0; at < ticketIds.length; at += movedAtOnce) {
    // Those that are moved beside one that fails are announced, too.
    const moved = await Promise.allSettled(ticketIds.slice(at, at + movedAtOnce).map(giveOne))
    for (const one of moved) {
      if (one.status === 'rejected') throw one.reason
      count += one.value
    }
  }
  await handBackIfRemoved(context, to)
  return count
}

/** The ids of a line manager's open tickets, oldest first. */
async function openOf(
  lineManager: string,
  product: string | undefined,
  { session, store }: Context,
): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | undefined; ; ) {
    const range = { limit: mostListed, ...(after !== undefined && { after }) }
    const tickets = await store.tickets.listOpen(session.workspace_id, lineManager, range)
    for (const { _id, product: topic } of tickets)
      if (product === undefined || topic === product) ids.push(_id)
    if (tickets.length < mostListed) return ids
    after = tickets.at(-1)?._id
  }
}
