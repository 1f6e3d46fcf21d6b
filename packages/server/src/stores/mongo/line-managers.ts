import type { LineManager } from '@dowellchat/protocol'
import { attendedRow, observedText, serves, servingOf, servingOfAll } from '../attending.ts'
import { newLineManagerRow, toLineManager } from '../fields/line-managers.ts'
import { grouped } from '../grouped.ts'
import type { LineManagerStore } from '../store.ts'
import { createNumbered } from './creating.ts'
import type { Database } from './database.ts'
import { inLanes } from './lanes.ts'
import type { LineParts } from './line.ts'
import { type LineManagerDocument, listManagers } from './line-manager-rows.ts'
import { highestNumbers } from './numbers.ts'
import { above, asRead, between, oneOf, type Where } from './where.ts'

/** Whom a row is of. */
interface Key {
  readonly workspace_id: string
  readonly user_id: string
}

/** How many who are offline are looked at at a time. */
const absentAtOnce = 200

/** The line managers of each workspace, their tickets counted as they are read. */
export function mongoLineManagers(
  database: Database,
  { tickets, managers, ticketLoads }: Omit<LineParts, 'topics'>,
): LineManagerStore {
  const { persist } = database.deadlines
  const numbers = highestNumbers(managers)

  async function counted(row: LineManagerDocument): Promise<LineManager> {
    const loads = await ticketLoads(row.workspace_id, row.user_id)
    return toLineManager(row, loads.get(row.user_id)?.taken ?? 0)
  }

  /** Changes a row if it is still as it was read, until nobody else is faster; null where there is none. */
  function changed(
    key: { readonly workspace_id: string; readonly user_id: string },
    change: (before: LineManagerDocument) => {
      readonly still: Omit<Where<LineManagerDocument>, 'workspace_id'>
      readonly $set: Partial<LineManagerDocument>
    },
  ): Promise<LineManagerDocument | null> {
    return persist<LineManagerDocument | null>(async () => {
      const before = await managers.get(key)
      if (!before) return null
      const { still, $set } = change(before)
      return managers.changeAndRead({ ...still, ...key }, { $set })
    })
  }

  /** Those of some who have an open ticket: one look-up a workspace. */
  async function withTickets<Row extends Key>(rows: readonly Row[]): Promise<Row[]> {
    const holders = await inLanes([...grouped(rows, (row) => row.workspace_id)], ([workspace_id, own]) => {
      const names = oneOf(own.map(({ user_id }) => user_id))
      const held = { workspace_id, is_closed: false, line_manager: names, n: above(0) }
      return tickets.aggregate<Key>(held, [
        { $group: { _id: '$line_manager' } },
        { $project: { _id: 0, workspace_id: { $literal: workspace_id }, user_id: '$_id' } },
      ])
    })
    const found = new Set(holders.flat().map(nameOf))
    return rows.filter((row) => found.has(nameOf(row)))
  }

  /** Reads on where some have nothing to hand back. */
  async function absentSince(before: string, limit: number, after: string): Promise<Key[]> {
    const absent: Key[] = []
    let from = after
    // Several may have left in one moment.
    let known = new Set<string>()
    for (;;) {
      const atOnce = absentAtOnce + known.size
      const rows = await managers.findEverywhere(
        { offline_since: between(from, before) },
        { fields: ['workspace_id', 'user_id', 'offline_since'], sort: { offline_since: 1 }, limit: atOnce },
      )
      const next = rows.filter((row) => !known.has(nameOf(row)))
      for (const { workspace_id, user_id } of await withTickets(next)) absent.push({ workspace_id, user_id })
      const last = rows.at(-1)?.offline_since ?? null
      if (absent.length >= limit || rows.length < atOnce || last === null) return absent.slice(0, limit)
      from = justBefore(last)
      known = new Set(rows.filter((row) => row.offline_since === last).map(nameOf))
    }
  }

  return {
    async update(workspace_id, user_id, change) {
      const { is_unmanaged } = change
      const $set = {
        ...change,
        ...(is_unmanaged && { availability: 'online' as const, offline_since: null }),
      }
      const row =
        Object.keys($set).length === 0
          ? await managers.get({ workspace_id, user_id })
          : await managers.changeAndRead({ workspace_id, user_id }, { $set })
      return row ? counted(row) : null
    },

    remove: async (workspace_id, user_id) => (await managers.remove({ workspace_id, user_id })) > 0,

    async attend(workspace_id, user_id, attendance) {
      const row = await changed({ workspace_id, user_id }, (before) => ({
        still: {
          ...{ is_connected: asRead(before.is_connected, false), chosen: before.chosen },
          ...{ offline_since: before.offline_since, is_unmanaged: asRead(before.is_unmanaged, true) },
        },
        $set: attendedRow(before, attendance),
      }))
      return row ? counted(row) : null
    },

    absent: (before, limit, after = '') => absentSince(before, limit, after),

    async observe(workspace_id, user_id, product, minutes) {
      await changed({ workspace_id, user_id }, (before) => ({
        still: { serving_text: asRead(before.serving_text, '{}') },
        $set: { serving_text: observedText(before, product, minutes) },
      }))
    },

    async serving(workspaceId, product) {
      const [rows, loads] = await Promise.all([listManagers(managers, workspaceId), ticketLoads(workspaceId)])
      return rows
        .filter((row) => serves(row, product))
        .map((row) => ({
          manager: toLineManager(row, loads.get(row.user_id)?.taken ?? 0),
          serving: servingOf(row, product),
        }))
    },

    async finish(workspace_id, user_id, at) {
      let last: string | null = null
      await changed({ workspace_id, user_id }, ({ finished_at }) => {
        last = finished_at
        return { still: { finished_at }, $set: { finished_at: at } }
      })
      return last
    },

    async observed(workspace_id, user_id) {
      const row = await managers.get({ workspace_id, user_id })
      return row ? { manager: await counted(row), serving: servingOfAll(row) } : null
    },

    async create(manager) {
      const { workspace_id, user_id, created_by, cid } = manager
      const row = newLineManagerRow(manager)
      const creation = await createNumbered(database, managers, numbers, workspace_id, row, {
        make: (n) => ({ ...row, workspace_id, n }),
        byCid: () => managers.get({ workspace_id, created_by, cid }),
        byName: () => managers.get({ workspace_id, user_id }),
        most: manager.most,
        count: async () => (await managers.find({ workspace_id, n: above(0) }, { fields: ['n'] })).length,
      })
      return 'row' in creation ? { ...creation, row: await counted(creation.row) } : creation
    },

    async get(workspace_id, user_id) {
      const row = await managers.get({ workspace_id, user_id })
      return row ? counted(row) : null
    },

    async list(workspaceId) {
      const [rows, loads] = await Promise.all([listManagers(managers, workspaceId), ticketLoads(workspaceId)])
      return rows.map((row) => toLineManager(row, loads.get(row.user_id)?.taken ?? 0))
    },
  }
}

/** Tells people apart, in all workspaces. */
function nameOf({ workspace_id, user_id }: Key): string {
  return `${workspace_id}\n${user_id}`
}

function justBefore(at: string): string {
  return new Date(Date.parse(at) - 1).toISOString()
}
