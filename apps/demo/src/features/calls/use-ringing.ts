import { useEffect } from 'react'
import { usePageSettings } from '../shell/page-settings.ts'
import { type Ring, startRinging } from '../shell/play-sound.ts'

/** Rings while the component is on the page; null is silent, and so is a page without sounds. */
export function useRinging(ring: Ring | null): void {
  const { hasSound } = usePageSettings()
  useEffect(() => (ring !== null && hasSound ? startRinging(ring) : undefined), [ring, hasSound])
}
