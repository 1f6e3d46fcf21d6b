import type { LineManager, LineManagerRequests } from '@dowellchat/protocol'
import { agentsOf } from '../../delivery/audience.ts'
import { RequestError } from '../../errors.ts'
import type { LineManagerChange } from '../../stores/store.ts'
import { isoNow } from '../../time.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireRow } from './access.ts'
import { mergeLines, splitLines } from './line-merging.ts'
import { lineManagerNotFound, requireLineManager } from './moving.ts'

function managerLimit(most: number): string {
  return `The workspace has ${most} line managers, which is the most it may have`
}

export const lineManagerHandlers: Handlers<LineManagerRequests> = {
  async create_line_manager(
    { capacity = null, is_unmanaged = false, client_created_at = null, ...payload },
    context,
  ) {
    const { workspace_id, user_id: created_by } = context.session
    const { fingerprint, limits } = context
    const most = limits.workspaceLineManagers
    const made = { client_created_at, workspace_id, created_by, fingerprint, most }
    const newManager = { ...payload, capacity, is_unmanaged, ...made }
    const creation = await context.store.lineManagers.create(newManager)
    const name = `Line manager ${payload.user_id}`
    const { row, created } = requireRow(creation, payload.cid, name, managerLimit(most))
    const begin = async () => {
      // They may have connected before they were one.
      if (created) await context.attendance.look(workspace_id, row.user_id)
      // Also for a repeated request: the earlier try may have failed before this.
      await context.lines.assign(workspace_id, context.notify)
    }
    return tellAfter(context, row, begin, created)
  },

  async update_line_manager({ user_id, ...payload }, context) {
    const { workspace_id } = context.session
    const manager = await context.store.lineManagers.update(workspace_id, user_id, changeOf(payload))
    if (!manager) throw lineManagerNotFound(user_id)
    return tellAfter(context, manager, () => context.lines.assign(workspace_id, context.notify))
  },

  async remove_line_manager({ user_id }, context) {
    const { session, store, lines, notify, resend } = context
    const { workspace_id } = session
    // From now on the line gives them nothing.
    const manager = await store.lineManagers.update(workspace_id, user_id, { is_active: false })
    if (!manager) {
      // An earlier removal may have ended before it had handed all back.
      if ((await lines.handBack(workspace_id, user_id, false)) > 0) await lines.assign(workspace_id)
      resend('line_manager_removed', { user_id })
      throw lineManagerNotFound(user_id)
    }
    let tickets = await lines.handBack(workspace_id, user_id, false, notify)
    const wasThere = await store.lineManagers.remove(workspace_id, user_id)
    if (wasThere) notify(agentsOf(workspace_id), 'line_manager_removed', { user_id })
    else resend('line_manager_removed', { user_id })
    // What somebody has given to them meanwhile.
    tickets += await lines.handBack(workspace_id, user_id, false, notify)
    await lines.assign(workspace_id, notify)
    return { user_id, tickets }
  },

  async set_line_availability({ availability }, context) {
    const { session, store, lines, notify } = context
    const { workspace_id, user_id } = session
    const chosen = { chosen: availability, is_connected: true, at: isoNow() }
    const manager = await store.lineManagers.attend(workspace_id, user_id, chosen)
    if (!manager) throw lineManagerNotFound(user_id)
    return tellAfter(context, manager, async () => {
      if (availability === 'offline') await lines.handBack(workspace_id, user_id, true, notify)
      await lines.assign(workspace_id, notify)
    })
  },

  async merge_line({ from, to, product }, context) {
    await expectTwo(from, to, context)
    const { workspace_id } = context.session
    if (product === undefined) {
      const source = await context.store.lineManagers.update(workspace_id, from, { is_active: false })
      if (!source) throw lineManagerNotFound(from)
      await tellAfter(context, source)
    }
    const tickets = await mergeLines({ from, to, product }, context)
    await context.lines.assign(workspace_id, context.notify)
    return { tickets }
  },

  async split_line({ from, to, product }, context) {
    await expectTwo(from, to, context)
    const { workspace_id } = context.session
    const active = await context.store.lineManagers.update(workspace_id, from, { is_active: true })
    if (!active) throw lineManagerNotFound(from)
    await tellAfter(context, active)
    const tickets = await splitLines({ from, to, product }, context)
    await context.lines.assign(workspace_id, context.notify)
    return { tickets }
  },

  async get_all_line_managers(_payload, { store, session }) {
    return store.lineManagers.list(session.workspace_id)
  },
}

async function expectTwo(from: string, to: string, context: Context): Promise<void> {
  if (from === to) throw new RequestError('conflict', 'from and to are the same line manager')
  await requireLineManager(context, from)
  await requireLineManager(context, to)
}

/**
 * Announces a line manager as they are after what follows from their change, also where that fails; of a repeated request, where
 * they may be missing.
 */
async function tellAfter(
  context: Context,
  row: LineManager,
  follow?: () => Promise<unknown>,
  isNew = true,
): Promise<LineManager> {
  const { session, store, notify, resend } = context
  const { workspace_id } = session
  let data = row
  try {
    await follow?.()
    data = (await store.lineManagers.get(workspace_id, row.user_id)) ?? row
  } finally {
    if (isNew) notify(agentsOf(workspace_id), 'line_manager_changed', { data })
    else resend('line_manager_changed', { data })
  }
  return data
}

/** What is named in a payload. */
function changeOf({
  positions_in_a_line,
  average_serving_time,
  capacity,
  topics,
  is_active,
}: Omit<Parameters<typeof lineManagerHandlers.update_line_manager>[0], 'user_id'>): LineManagerChange {
  return {
    ...(positions_in_a_line !== undefined && { positions_in_a_line }),
    ...(average_serving_time !== undefined && { average_serving_time }),
    ...(capacity !== undefined && { capacity }),
    ...(topics !== undefined && { topics: topics && [...new Set(topics)] }),
    ...(is_active !== undefined && { is_active }),
  }
}
