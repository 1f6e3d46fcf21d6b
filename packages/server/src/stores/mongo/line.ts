import { type Load, nextOf, type Place } from '../load.ts'
import { type LineManagerDocument, listManagers } from './line-manager-rows.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument, TicketLoads } from './ticket-rows.ts'
import { above } from './where.ts'

/**
 * Answers a function that gives one place after the other, undefined once nobody is free. It counts once, and knows only
 * of the places that it gives itself: whoever finds one taken begins anew.
 */
export type Places = (workspaceId: string) => Promise<() => Promise<Place | undefined>>

interface SlotLoad extends Load {
  highest: number
  /** The slot before which no gap is left. */
  full: number
}

/** How many slots are read at a time where a gap is searched for. */
const slotsAtOnce = 500

export function linePlaces(
  tickets: Rows<TicketDocument>,
  managers: Rows<LineManagerDocument>,
  ticketLoads: TicketLoads,
): Places {
  /** The first slot after another that nobody has. */
  async function gapAfter(workspace_id: string, line_manager: string, full: number): Promise<number> {
    const rows = await tickets.find(
      { workspace_id, line_manager, slot: above(full) },
      { fields: ['slot'], sort: { slot: 1 }, limit: slotsAtOnce },
    )
    const gap = rows.findIndex(({ slot }, at) => slot !== full + at + 1)
    if (gap >= 0) return full + gap + 1
    if (rows.length < slotsAtOnce) return full + rows.length + 1
    return gapAfter(workspace_id, line_manager, full + rows.length)
  }

  /** The next slot. Only where the capacity allows none, gaps are searched for. */
  async function freeSlot(workspaceId: string, load: SlotLoad): Promise<number> {
    const { highest, capacity, user_id } = load
    if (capacity === null || highest < capacity) {
      load.highest += 1
      return load.highest
    }
    load.full = await gapAfter(workspaceId, user_id, load.full)
    return load.full
  }

  return async (workspaceId) => {
    const [rows, loads] = await Promise.all([listManagers(managers, workspaceId), ticketLoads(workspaceId)])
    const line = rows.filter(({ is_active }) => is_active).map((row) => slotLoad(row, loads))
    return async () => {
      const load = nextOf('least_loaded', line)
      if (!load) return undefined
      const slot = await freeSlot(workspaceId, load)
      load.ticket_count += 1
      return { line_manager: load.user_id, slot }
    }
  }
}

function slotLoad(
  { user_id, capacity, served_at }: LineManagerDocument,
  loads: Awaited<ReturnType<TicketLoads>>,
): SlotLoad {
  const { taken = 0, highest = 0 } = loads.get(user_id) ?? {}
  return { user_id, capacity, served_at, ticket_count: taken, highest, full: 0 }
}
