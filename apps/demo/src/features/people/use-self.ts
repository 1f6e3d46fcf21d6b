import { useConnection } from '@dowellchat/client/react'
import { type Person, usePerson } from './person.ts'

/** Who one is, in the role that the server gives: it need not believe what somebody says. */
export function useSelf(): Person {
  const person = usePerson()
  const { session } = useConnection()
  if (!person) throw new Error('useSelf needs somebody who has entered')
  return session ? { ...person, role: session.role } : person
}
