import type { PayloadOf } from '@dowellchat/protocol'
import type { LineManager } from '../entities.ts'
import { createLiveList, type LiveList } from '../live/live-list.ts'
import type { CreateOptions } from '../requests/creation.ts'
import type { Wire } from '../requests/wire.ts'
import { uuid } from '../uuid.ts'

/** What a new line manager is created from; without a `capacity`, or with null, they take any number of open tickets. */
export type LineManagerDraft = Omit<PayloadOf<'create_line_manager'>, 'cid' | 'client_created_at'>

/** The support agents who take tickets. */
export interface LineManagers {
  /** All of the workspace, lowest position first. Their `ticket_count` is as of the last `reload`. */
  readonly list: () => LiveList<LineManager>
  /** Creates a line manager, who is given waiting tickets at once; admins only. Rejects with a `RequestError`. */
  readonly create: (manager: LineManagerDraft, options?: CreateOptions) => Promise<LineManager>
}

export function createLineManagers(wire: Wire): LineManagers {
  const { request } = wire
  const list = createLiveList<LineManager>({ load: () => request.get_all_line_managers({}) }, wire)
  return {
    list: () => list,
    async create(draft, { cid = uuid() } = {}) {
      const manager = await request.create_line_manager({ ...draft, cid })
      // Only the server knows its place among the others and their counts.
      await list.reload()
      return manager
    },
  }
}
