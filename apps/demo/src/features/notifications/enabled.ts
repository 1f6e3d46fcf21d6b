import { createStored } from '../../lib/stored.ts'
import { useStored } from '../../lib/use-stored.ts'

/** For whom this browser shows notifications; '' for nobody. */
const stored = createStored<string>('localStorage', 'notifications', (value) =>
  typeof value === 'string' ? value : '',
)

/** For whom this tab has shown them; other tabs may be other people. */
export const notifiedHere = createStored<string>('sessionStorage', 'notified-here', (value) =>
  typeof value === 'string' ? value : '',
)

export function useNotified(): string {
  return useStored(stored)
}

export function notify(userId: string): void {
  stored.set(userId)
}
