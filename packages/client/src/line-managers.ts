import type { LineManager, PayloadOf } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import type { Connection } from './connection.ts'
import { createLiveList, type LiveList } from './live-list.ts'
import type { RequestMethods } from './request.ts'

/** A line manager as one makes it; `capacity` left out or null is any number of open tickets. */
export type LineManagerDraft = Omit<PayloadOf<'create_line_manager'>, 'cid' | 'client_created_at'>

/** The support agents who take tickets. */
export interface LineManagers {
  /** All of the workspace, lowest position first. Their `ticket_count` is as of the last `reload`. */
  readonly list: LiveList<LineManager>
  /** Makes a line manager, who takes waiting tickets at once; admins only. Rejects with a `RequestError`. */
  readonly create: (manager: LineManagerDraft) => Promise<LineManager>
}

export function createLineManagers(connection: Connection, request: RequestMethods): LineManagers {
  const list = createLiveList<LineManager>({ load: () => request.get_all_line_managers({}) }, connection)
  return {
    list,
    async create(draft) {
      const manager = await request.create_line_manager({ ...draft, cid: uuid() })
      // Its place among the others, and their counts, are the server's to say.
      await list.reload()
      return manager
    },
  }
}
