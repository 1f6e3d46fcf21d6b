import type { ChatAuth } from '@dowellchat/client'
import type { Person } from './person.ts'

const workspace_id = 'demo'

/** What proves to the server who somebody is. */
export function authOf(person: Person): ChatAuth {
  if (person.isGuest) return { workspace_id, user_id: 'guest', name: 'Guest' }
  const { userId, name, role } = person
  return { workspace_id, user_id: userId, name, role }
}
