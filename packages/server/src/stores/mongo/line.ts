import type { Strategy } from '@dowellchat/protocol'
import { serves } from '../attending.ts'
import { hasRoom, type Load, nextOf, type Place } from '../load.ts'
import { unlessUnavailable } from './errors.ts'
import { type LineManagerDocument, listManagers } from './line-manager-rows.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument, TicketLoads } from './ticket-rows.ts'
import type { TopicDocument } from './topics.ts'
import { above, oneOf } from './where.ts'

/**
 * Gives one place after the other. It counts once, and knows only of the places that it gives itself: whoever finds one
 * taken begins anew.
 */
export interface Turns {
  /** A place of whose turn it is with a topic's tickets; undefined where nobody is free. */
  next(product: string): Promise<Place | undefined>
  /**
   * Notes who was given tickets, and answers those of them who have been removed meanwhile, as far as it can: what they were given is written,
   * and whoever asked must be told.
   */
  served(lineManagers: Iterable<string | null>): Promise<ReadonlySet<string>>
}

/** The line of each workspace. */
export interface Line {
  turns(workspaceId: string): Promise<Turns>
  /** The next slot of a line manager, whatever their capacity. */
  slotOf(workspaceId: string, lineManager: string): Promise<number>
  /** A slot of a line manager who has room; undefined where they have none, or are not there. */
  freeSlotOf(workspaceId: string, lineManager: string): Promise<number | undefined>
  /** Notes that a line manager was given a ticket, if it can. */
  served(workspaceId: string, lineManager: string, at: string): Promise<void>
}

interface Slots extends Pick<Load, 'user_id' | 'capacity'> {
  highest: number
  /** The slots that were free when all of them were taken up to the capacity, or one beyond it. */
  gaps?: Iterator<number, undefined>
}

interface SlotLoad extends Load, Slots, Pick<LineManagerDocument, 'is_active' | 'availability' | 'topics'> {
  served_at: string | null
}

/** How many slots are read at a time where a gap is searched for. */
const slotsAtOnce = 500

export interface LineParts {
  readonly tickets: Rows<TicketDocument>
  readonly managers: Rows<LineManagerDocument>
  readonly topics: Rows<TopicDocument>
  readonly ticketLoads: TicketLoads
}

export function mongoLine({ tickets, managers, topics, ticketLoads }: LineParts): Line {
  const slotsAbove = (workspace_id: string, line_manager: string, slot: number) =>
    tickets.find(
      { workspace_id, line_manager, slot: above(slot) },
      { fields: ['slot'], sort: { slot: 1 }, limit: slotsAtOnce },
    )

  /** The first slot after another that nobody has. */
  async function gapAfter(workspace_id: string, line_manager: string, full: number): Promise<number> {
    const rows = await slotsAbove(workspace_id, line_manager, full)
    const gap = rows.findIndex(({ slot }, at) => slot !== full + at + 1)
    if (gap >= 0) return full + gap + 1
    if (rows.length < slotsAtOnce) return full + rows.length + 1
    return gapAfter(workspace_id, line_manager, full + rows.length)
  }

  /** The free slots of a line manager, of which they have room for each by what they have now: another server may have filled it since. */
  async function gapsOf(
    workspace_id: string,
    line_manager: string,
    capacity: number,
  ): Promise<Iterator<number, undefined>> {
    const taken = new Set<number | null>()
    for (let last = 0, isMore = true; isMore && taken.size < capacity; ) {
      const rows = await slotsAbove(workspace_id, line_manager, last)
      for (const { slot } of rows) taken.add(slot)
      last = rows.at(-1)?.slot ?? last
      isMore = rows.length === slotsAtOnce
    }
    return freeSlots(taken, capacity)
  }

  /** The next slot; undefined where they have no room by now. Only where the capacity allows none, gaps are searched for. */
  async function freeSlot(workspaceId: string, load: Slots): Promise<number | undefined> {
    const { highest, capacity, user_id } = load
    if (capacity === null || highest < capacity) {
      load.highest += 1
      return load.highest
    }
    load.gaps ??= await gapsOf(workspaceId, user_id, capacity)
    return load.gaps.next().value
  }

  /** Writes when some were served last; answers those who are not there. */
  async function noteServed(workspace_id: string, loads: readonly SlotLoad[]): Promise<ReadonlySet<string>> {
    const noted = await managers.changeEach(
      loads.map(({ user_id, served_at }) => ({
        where: { workspace_id, user_id },
        update: { $set: { served_at } },
      })),
    )
    if (noted === loads.length) return new Set()
    const names = loads.map(({ user_id }) => user_id)
    const found = await managers.find({ workspace_id, user_id: oneOf(names) }, { fields: ['user_id'] })
    const there = new Set(found.map(({ user_id }) => user_id))
    return new Set(names.filter((name) => !there.has(name)))
  }

  async function strategyOf(workspace_id: string, name: string): Promise<Strategy> {
    return (await topics.get({ workspace_id, name }, ['strategy']))?.strategy ?? 'least_loaded'
  }

  return {
    async turns(workspaceId) {
      const [rows, loads] = await Promise.all([listManagers(managers, workspaceId), ticketLoads(workspaceId)])
      const all = rows.map((row) => slotLoad(row, loads))
      const strategies = new Map<string, Strategy>()
      const strategy = async (product: string): Promise<Strategy> => {
        const known = strategies.get(product) ?? (await strategyOf(workspaceId, product))
        strategies.set(product, known)
        return known
      }
      return {
        async next(product) {
          const there = all.filter((one) => serves(one, product))
          if (there.length === 0) return undefined
          for (;;) {
            const load = nextOf(await strategy(product), there)
            if (!load) return undefined
            const slot = await freeSlot(workspaceId, load)
            if (slot !== undefined) {
              load.ticket_count += 1
              load.served_at = timeAfter(all)
              return { line_manager: load.user_id, slot }
            }
            // Others have given them tickets since they were counted.
            load.ticket_count = Number.POSITIVE_INFINITY
          }
        },

        async served(lineManagers) {
          const names = new Set(lineManagers)
          const served = all.filter(({ user_id }) => names.has(user_id))
          return unlessUnavailable(noteServed(workspaceId, served), () => new Set())
        },
      }
    },

    async slotOf(workspace_id, line_manager) {
      const [manager, [last]] = await Promise.all([
        managers.get({ workspace_id, user_id: line_manager }, ['capacity']),
        tickets.find(
          { workspace_id, line_manager, slot: above(0) },
          { fields: ['slot'], sort: { slot: -1 }, limit: 1 },
        ),
      ])
      const next = (last?.slot ?? 0) + 1
      const capacity = manager?.capacity ?? null
      return capacity === null || next <= capacity ? next : gapAfter(workspace_id, line_manager, 0)
    },

    async freeSlotOf(workspace_id, user_id) {
      const [manager, loads] = await Promise.all([
        managers.get({ workspace_id, user_id }, ['capacity']),
        ticketLoads(workspace_id, user_id),
      ])
      if (!manager) return undefined
      const { taken = 0, highest = 0 } = loads.get(user_id) ?? {}
      const load = { user_id, capacity: manager.capacity, highest, ticket_count: taken }
      return hasRoom(load) ? freeSlot(workspace_id, load) : undefined
    },

    async served(workspace_id, user_id, at) {
      const noting = managers.change({ workspace_id, user_id }, { $set: { served_at: at } })
      await unlessUnavailable<unknown>(noting, () => undefined)
    },
  }
}

/** The lowest slots that are not taken, as many as there is room for: those beyond the capacity count too. */
function* freeSlots(taken: ReadonlySet<number | null>, capacity: number): Generator<number, undefined> {
  let room = capacity - taken.size
  for (let slot = 1; room > 0; slot++) {
    if (taken.has(slot)) continue
    room -= 1
    yield slot
  }
}

/** Now, but after everybody's last time: whose turn it is next must be certain, however many are given in a millisecond. */
function timeAfter(loads: readonly SlotLoad[]): string {
  let last = 0
  for (const { served_at } of loads) if (served_at !== null) last = Math.max(last, Date.parse(served_at))
  return new Date(Math.max(Date.now(), last + 1)).toISOString()
}

function slotLoad(row: LineManagerDocument, loads: Awaited<ReturnType<TicketLoads>>): SlotLoad {
  const { user_id, capacity, served_at, is_active, availability, topics } = row
  const { taken = 0, highest = 0 } = loads.get(user_id) ?? {}
  const load = { user_id, capacity, served_at, ticket_count: taken, highest }
  return { ...load, is_active, availability, topics }
}
