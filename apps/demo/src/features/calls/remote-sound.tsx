import { useCall } from '@dowellchat/client/react'
import { StreamAudio } from './stream-player.tsx'

/** Plays the other person's sound on every page. */
export function RemoteSound() {
  const { call } = useCall()
  return call?.remote ? <StreamAudio stream={call.remote} /> : null
}
