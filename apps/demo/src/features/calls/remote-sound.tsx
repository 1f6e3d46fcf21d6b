import { useCall } from '@dowellchat/client/react'
import { StreamAudio } from './stream-player.tsx'

/** The other's voice, on whichever page one is. */
export function RemoteSound() {
  const { call } = useCall()
  return call?.remote ? <StreamAudio stream={call.remote} /> : null
}
