import type { Call } from '@dowellchat/client'
import { useLocalMedia, useScreenShare } from '@dowellchat/client/react'
import { MicOff, MonitorUp, Pause, SignalLow, VideoOff, WifiOff } from 'lucide-react'
import { Problem } from '../../components/problem.tsx'
import { DeviceProblems } from './device-buttons.tsx'
import { SpeakingWhileMuted } from './microphone-level.tsx'

interface CallNotesProps {
  readonly call: Call
  readonly name: string
}

/** What is to be known about a call, over its picture. */
export function CallNotes({ call: { status, quality, hold, remoteMedia }, name }: CallNotesProps) {
  return (
    <div className="stage-notes">
      <DeviceProblems />
      <SpeakingWhileMuted />
      <SharingNote />
      {status === 'reconnecting' && (
        <p className="stage-note" data-warns>
          <WifiOff aria-hidden /> The connection to {name} is interrupted. It is being made again.
        </p>
      )}
      {(hold.here || hold.there) && (
        <p className="stage-note" role="status">
          <Pause aria-hidden /> {holdWords(hold, name)}
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

function SharingNote() {
  const { isSharing, error } = useScreenShare()
  if (!isSharing) return <Problem what={error} />
  return (
    <p className="stage-note" role="status">
      <MonitorUp aria-hidden /> You are sharing your screen
    </p>
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

function holdWords({ here, there }: Call['hold'], name: string): string {
  if (!here) return `${name} has put you on hold`
  return there ? `You and ${name} have put the call on hold` : `You have put ${name} on hold`
}

function offWords({ microphone, camera }: { microphone: boolean; camera: boolean }): string {
  if (microphone) return 'Camera is off'
  return camera ? 'Microphone is off' : 'Microphone and camera are off'
}
