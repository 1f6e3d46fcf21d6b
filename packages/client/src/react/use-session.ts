import type { RequestName } from '@dowellchat/protocol'
import { useMemo } from 'react'
import type { ConnectionState } from '../connection/connection-state.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { useObservable } from './use-observable.ts'

type Hello = NonNullable<ConnectionState['session']>

/** Who the server says that you are; null until it has said so. Kept while offline. */
export interface UseSession {
  readonly workspace_id: string | null
  readonly user_id: string | null
  readonly name: string | null
  readonly role: Hello['role'] | null
  /** Whether you are a guest, who has not logged in. */
  readonly is_guest: boolean
  /**
   * Whether your role may use a request, to show a button only to those who may press it: `can('create_topic')`. Whether you
   * may use it on a certain thing, the answer says.
   */
  readonly can: (request: RequestName) => boolean
}

/** Who you are and what you may do. Renders again when a renewed token changes it. */
export function useSession(): UseSession {
  const { connection } = useChatClient()
  const source = useMemo(() => select(connection, ({ session }) => partsOf(session)), [connection])
  const { workspace_id, user_id, name, role, is_guest, allowed } = useObservable(source)
  return useMemo(() => {
    const requests = new Set(allowed.split(' '))
    return { workspace_id, user_id, name, role, is_guest, can: (request) => requests.has(request) }
  }, [workspace_id, user_id, name, role, is_guest, allowed])
}

/** With texts alone, so that a hello that says the same renders nothing. */
function partsOf(session: Hello | null) {
  const { workspace_id = null, user_id = null, name = null, role = null, is_guest = false } = session ?? {}
  return { workspace_id, user_id, name, role, is_guest, allowed: session?.can.join(' ') ?? '' }
}
