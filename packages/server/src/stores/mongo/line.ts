import { type Load, leastLoaded, type Place } from '../load.ts'
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
  /** The slots that are taken, read where there is a gap between them. */
  slots?: Set<number>
}

export function linePlaces(
  tickets: Rows<TicketDocument>,
  managers: Rows<LineManagerDocument>,
  ticketLoads: TicketLoads,
): Places {
  async function takenSlots(workspace_id: string, line_manager: string): Promise<Set<number>> {
    const rows = await tickets.find({ workspace_id, line_manager, slot: above(0) }, { fields: ['slot'] })
    return new Set(rows.map(({ slot }) => slot ?? 0))
  }

  async function lowestFreeSlot(workspaceId: string, load: SlotLoad): Promise<number> {
    // Without a gap, which the count tells, the next is free.
    if (load.highest === load.ticket_count) return load.highest + 1
    load.slots ??= await takenSlots(workspaceId, load.user_id)
    let slot = 1
    while (load.slots.has(slot)) slot++
    return slot
  }

  return async (workspaceId) => {
    const [rows, loads] = await Promise.all([listManagers(managers, workspaceId), ticketLoads(workspaceId)])
    const line = rows.filter(({ is_active }) => is_active).map((row) => slotLoad(row, loads))
    return async () => {
      const load = leastLoaded(line)
      if (!load) return undefined
      const slot = await lowestFreeSlot(workspaceId, load)
      load.ticket_count += 1
      load.highest = Math.max(load.highest, slot)
      load.slots?.add(slot)
      return { line_manager: load.user_id, slot }
    }
  }
}

function slotLoad(
  { user_id, capacity }: LineManagerDocument,
  loads: Awaited<ReturnType<TicketLoads>>,
): SlotLoad {
  const { taken = 0, highest = 0 } = loads.get(user_id) ?? {}
  return { user_id, capacity, ticket_count: taken, highest }
}
