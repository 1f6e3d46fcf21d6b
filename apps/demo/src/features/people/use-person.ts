import { useStored } from '../../lib/use-stored.ts'
import { hasBeenGuest, type Person, storedPerson } from './person.ts'

export function usePerson(): Person | null {
  return useStored(storedPerson)
}

/** Whether a guest is about to say who they are. */
export function useIsLoggingIn(): boolean {
  return useStored(hasBeenGuest)
}
