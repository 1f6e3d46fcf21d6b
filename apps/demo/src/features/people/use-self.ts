import { useConnection } from '@dowellchat/client/react'
import { isRole, type Person, usePerson } from './person.ts'

/** Who you are, with the role that the server grants, which may differ from the one you asked for. */
export function useSelf(): Person {
  const person = usePerson()
  const { session } = useConnection()
  if (!person) throw new Error('useSelf: nobody has entered yet')
  return isRole(session?.role) ? { ...person, role: session.role } : person
}
