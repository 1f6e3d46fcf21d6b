import { useCall, useRingTone } from '@dowellchat/client/react'
import { useAskingFirst } from '../../lib/use-asking-first.ts'
import { usePageSettings } from '../shell/page-settings.ts'
import { StreamAudio } from './stream-player.tsx'

/** What a call does on every page: it sounds, rings until it is answered, and is not ended by a reload unasked. */
export function BackgroundCall() {
  const { call } = useCall()
  const { hasSound } = usePageSettings()
  // Softly while one talks to somebody else.
  useRingTone({
    sound: hasSound ? undefined : null,
    volume: call?.connectedAt && call.status !== 'ended' ? 0.1 : 0.3,
  })
  useAskingFirst(call !== null && call.status !== 'ended')
  return call?.remote ? <StreamAudio stream={call.remote} /> : null
}
