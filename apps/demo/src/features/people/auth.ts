import type { ChatAuth } from '@dowellchat/client'
import { chatUrl } from '../../settings.ts'
import type { NamedPerson, Person } from './person.ts'

const workspace_id = 'demo'

/** What proves to the server who somebody is. */
export function authOf(person: Person): ChatAuth {
  if (person.isGuest) return { guest: true, workspace_id }
  return { getToken: () => tokenOf(person), user_id: person.userId, workspace_id }
}

/** Asks the demo's server, which believes everybody. A real one gives tokens to users who are logged in. */
export async function tokenOf({ userId, name, role }: NamedPerson): Promise<string> {
  const response = await fetch(`${chatUrl}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: userId, name, role }),
  })
  if (!response.ok) throw new Error(`The server gave no token (${response.status})`)
  const { token } = (await response.json()) as { token: string }
  return token
}
