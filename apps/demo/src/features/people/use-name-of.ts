import { useSeenPeople } from './seen-people.ts'

/** What somebody is called, as far as one knows. */
export function useNameOf(address: string, name: string | null = null): string {
  const known = useSeenPeople().find((one) => one.address === address)
  return name ?? known?.name ?? address
}
