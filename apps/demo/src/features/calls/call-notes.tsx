import type { Call } from '@dowellchat/client'
import { useLocalMedia } from '@dowellchat/client/react'
import { MicOff, SignalLow, VideoOff, WifiOff } from 'lucide-react'
import { DeviceProblems } from './device-buttons.tsx'

interface CallNotesProps {
  readonly call: Call
  readonly name: string
}

/** What is to be known about a call, over its picture. */
export function CallNotes({ call: { status, quality, remoteMedia }, name }: CallNotesProps) {
  return (
    <div className="stage-notes">
      <DeviceProblems />
      {status === 'reconnecting' && (
        <p className="stage-note" data-warns>
          <WifiOff aria-hidden /> The connection to {name} is interrupted. It is being made again.
        </p>
      )}
      {status === 'connected' && quality === 'poor' && <WeakConnection />}
      {remoteMedia && !(remoteMedia.microphone && remoteMedia.camera) && (
        <p className="stage-note" role="status">
          {!remoteMedia.microphone && <MicOff aria-hidden />}
          {!remoteMedia.camera && <VideoOff aria-hidden />}
          {offWords(remoteMedia)}
        </p>
      )}
    </div>
  )
}

function WeakConnection() {
  const { camera } = useLocalMedia()
  return (
    <p className="stage-note" role="status">
      <SignalLow aria-hidden /> Your connection is weak.
      {camera.status === 'on' && ' Turning the camera off helps.'}
    </p>
  )
}

function offWords({ microphone, camera }: { microphone: boolean; camera: boolean }): string {
  if (microphone) return 'Camera is off'
  return camera ? 'Microphone is off' : 'Microphone and camera are off'
}
