import { useCall } from '@dowellchat/client/react'
import { StreamAudio } from './stream-player.tsx'
import { useAskingFirst } from './use-asking-first.ts'
import { useRinging } from './use-ringing.ts'

/** What a call does on every page: it sounds, rings until it is answered, and is not ended by a reload unasked. */
export function BackgroundCall() {
  const { call } = useCall()
  const isOutgoing = call?.direction === 'outgoing'
  useRinging(isOutgoing && call?.status === 'ringing' ? 'outgoing' : null)
  useAskingFirst(call !== null && call.status !== 'ended')
  return call?.remote ? <StreamAudio stream={call.remote} /> : null
}
