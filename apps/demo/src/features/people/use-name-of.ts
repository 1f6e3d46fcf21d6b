import { nameFromId } from './names.ts'
import { useSeenPeople } from './seen-people.ts'

/** The best known name of somebody. */
export function useNameOf(address: string, name: string | null = null): string {
  const known = useSeenPeople().find((one) => one.address === address)
  return name ?? known?.name ?? nameFromId(address)
}
