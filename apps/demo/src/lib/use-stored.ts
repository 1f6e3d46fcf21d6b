import { useSyncExternalStore } from 'react'
import type { Stored } from './stored.ts'

export function useStored<T>(stored: Stored<T>): T {
  return useSyncExternalStore(stored.subscribe, stored.get)
}
