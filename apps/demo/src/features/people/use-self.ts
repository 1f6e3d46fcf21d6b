import type { Role } from '@dowellchat/client'
import { useConnection } from '@dowellchat/client/react'
import { isRole } from './names.ts'
import { usePerson } from './use-person.ts'

/** Who you are, as the page shows it. */
export interface Self {
  readonly userId: string
  readonly name: string
  readonly role: Role
  readonly isGuest: boolean
}

/** Who you are, with the role that the server grants, which may differ from the one you asked for. */
export function useSelf(): Self {
  const person = usePerson()
  const { session } = useConnection()
  if (!person) throw new Error('useSelf: nobody has entered yet')
  if (person.isGuest)
    return { userId: session?.user_id ?? 'guest', name: 'Guest', role: 'customer', isGuest: true }
  const { userId, name } = person
  return { userId, name, role: isRole(session?.role) ? session.role : person.role, isGuest: false }
}
