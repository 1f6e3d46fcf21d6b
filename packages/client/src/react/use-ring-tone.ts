import type { RingToneOptions } from '../calls/tools/ring-tone.ts'
import { useChatClient } from './chat-provider.tsx'
import { useCallTool } from './use-call-tool.ts'

/**
 * Rings while a call of `useIncomingCall` rings, and lets one hear that it rings at the other end while an outgoing one does.
 * Use it once, where the page never unmounts it. Before the user has clicked somewhere, browsers let no page ring.
 * @example
 * useRingTone()
 * useRingTone({ sound: '/ring.mp3', volume: 0.8 })
 */
export function useRingTone({ sound, volume }: RingToneOptions = {}): void {
  const { calls } = useChatClient()
  useCallTool(null, ({ followRinging }, _tell, ...how) => followRinging(...how), calls, sound, volume)
}
