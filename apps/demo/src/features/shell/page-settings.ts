import { createStored } from '../../lib/stored.ts'
import { useStored } from '../../lib/use-stored.ts'

/** How this page behaves in this browser. */
export interface PageSettings {
  /** Whether a soft sound plays for new messages, and while it rings. */
  readonly hasSound: boolean
  /** Whether single keys such as `?` do something outside of text fields. */
  readonly hasKeys: boolean
}

const stored = createStored<PageSettings>('localStorage', 'page-settings', (value) => {
  const { hasSound, hasKeys } = (value ?? {}) as Partial<Record<keyof PageSettings, unknown>>
  return { hasSound: hasSound !== false, hasKeys: hasKeys !== false }
})

export function usePageSettings(): PageSettings {
  return useStored(stored)
}

export function changePageSettings(changes: Partial<PageSettings>): void {
  stored.set({ ...stored.get(), ...changes })
}
