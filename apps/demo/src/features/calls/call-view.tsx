import type { Call } from '@dowellchat/client'
import { useLocalMedia } from '@dowellchat/client/react'
import { MicOff, PhoneOff, VideoOff } from 'lucide-react'
import { Avatar } from '../../components/avatar.tsx'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { CallDuration } from './call-duration.tsx'
import { statusWords } from './call-words.ts'
import { DeviceButtons, DeviceProblems } from './device-buttons.tsx'
import { StreamVideo } from './stream-player.tsx'

/** A call in progress: the other person large, yourself small. */
export function CallView({ call, onHangUp }: { readonly call: Call; readonly onHangUp: () => void }) {
  const name = useNameOf(call.with, call.name)
  return (
    <section className="call" aria-label={`Call with ${name}`}>
      <header className="call-header">
        <h1 className="one-line">
          <bdi>{name}</bdi>
        </h1>
        <p>
          <span role="status">{statusWords[call.status]}</span>{' '}
          {call.connectedAt && <CallDuration since={call.connectedAt} />}
        </p>
      </header>
      <DeviceProblems />
      <div className="stage">
        <OtherSide call={call} name={name} />
        <OwnSide />
        <div className="stage-controls">
          <DeviceButtons />
          <button type="button" className="device-button hang-up" aria-label="Hang up" onClick={onHangUp}>
            <PhoneOff aria-hidden />
          </button>
        </div>
      </div>
    </section>
  )
}

function OtherSide({ call: { with: address, remote, remoteMedia }, name }: { call: Call; name: string }) {
  // V2 pages do not report what they have turned on: show whatever arrives.
  const hasPicture = remote !== null && (remoteMedia?.camera ?? remote.getVideoTracks().length > 0)
  return (
    <>
      {hasPicture ? (
        <StreamVideo stream={remote} label={`${name}'s camera`} />
      ) : (
        <Avatar name={name} id={address} size="l" />
      )}
      {remoteMedia && !(remoteMedia.microphone && remoteMedia.camera) && (
        <p className="stage-note" role="status">
          {!remoteMedia.microphone && <MicOff aria-hidden />}
          {!remoteMedia.camera && <VideoOff aria-hidden />}
          {offWords(remoteMedia)}
        </p>
      )}
    </>
  )
}

function offWords({ microphone, camera }: { microphone: boolean; camera: boolean }): string {
  if (microphone) return 'Camera is off'
  return camera ? 'Microphone is off' : 'Microphone and camera are off'
}

function OwnSide() {
  const { name, userId } = useSelf()
  const { stream, camera } = useLocalMedia()
  return (
    <div className="own-side">
      {stream && camera.status === 'on' ? (
        <StreamVideo stream={stream} label="Your camera" isMirrored />
      ) : (
        <Avatar name={name} id={userId} />
      )}
    </div>
  )
}
