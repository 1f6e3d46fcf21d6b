import type { Call } from '@dowellchat/client'
import type { UseCall } from '@dowellchat/client/react'
import { MessageSquare, Pause, PhoneOff } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { paths } from '../../lib/paths.ts'
import { CallDuration } from './call-duration.tsx'
import { CallNotes } from './call-notes.tsx'
import { ConnectionQuality } from './call-quality.tsx'
import { statusWords } from './call-words.ts'
import { DeviceButtons } from './device-buttons.tsx'
import { OwnPicture } from './own-picture.tsx'
import { ScreenButton } from './screen-button.tsx'
import { StageButton } from './stage-button.tsx'
import { StreamVideo } from './stream-player.tsx'
import { useOtherSide } from './use-other-side.ts'

const CallChat = lazyPart(async () => (await import('./call-chat.tsx')).CallChat)

interface CallViewProps extends Pick<UseCall, 'hold' | 'hangUp'> {
  readonly call: Call
}

/** A call in progress: the other person large, yourself small, and the chat of the two or their ticket beside them. */
export function CallView({ call, hold, hangUp }: CallViewProps) {
  const other = useOtherSide(call)
  const { name } = other
  const [isChatting, setIsChatting] = useState(false)
  const canChat = other.userId !== '' || other.ticketId !== null
  const hasChat = isChatting && canChat
  return (
    <div className="call" data-chat={hasChat}>
      <h1 className="visually-hidden">Calls</h1>
      <section className="call-main" aria-label={`Call with ${name}`}>
        <header className="call-header">
          <h2 className="one-line">
            <bdi>{name}</bdi>
          </h2>
          <div className="call-state">
            {call.status === 'connected' && <ConnectionQuality />}
            <p>
              <span role="status">{statusWords(call)}</span>{' '}
              {call.connectedAt && <CallDuration since={call.connectedAt} />}
            </p>
          </div>
          {/* On a phone the call hides the navigation. */}
          <Link href={paths.chat} className="button small call-leave">
            Other pages
          </Link>
        </header>
        <div className="stage">
          <OtherSide call={call} name={name} />
          <CallNotes call={call} name={name} />
          <OwnPicture />
          <div className="stage-controls">
            <DeviceButtons />
            <ScreenButton />
            {canChat && (
              <StageButton
                label="Chat"
                icon={MessageSquare}
                isPressed={isChatting}
                onPress={() => setIsChatting(!isChatting)}
              />
            )}
            {call.connectedAt !== null && (
              <StageButton
                label="Hold"
                icon={Pause}
                isPressed={call.hold.here}
                title={call.hold.here ? 'Take the call off hold' : 'Put the call on hold'}
                onPress={() => hold(!call.hold.here)}
              />
            )}
            <StageButton label="Hang up" icon={PhoneOff} isDanger onPress={() => void hangUp()} />
          </div>
        </div>
      </section>
      {hasChat && <CallChat other={other} onClose={() => setIsChatting(false)} />}
    </div>
  )
}

interface OtherSideProps {
  readonly call: Call
  readonly name: string
}

/** What the other person shows: the screen that they share, with the camera small beside it, or the camera alone; nothing on hold. */
function OtherSide({
  call: { with: address, remote, remoteMedia, remoteScreen, hold },
  name,
}: OtherSideProps) {
  if (hold.here || hold.there) return <Avatar name={name} id={address} size="l" />
  // V2 pages do not report what they have turned on: show whatever arrives.
  const hasPicture = remote !== null && (remoteMedia?.camera ?? remote.getVideoTracks().length > 0)
  const camera = hasPicture && <StreamVideo stream={remote} label={`${name}'s camera`} />
  if (remoteScreen)
    return (
      <>
        <StreamVideo stream={remoteScreen} label={`${name}'s screen`} />
        {camera && <div className="own-side other-side">{camera}</div>}
      </>
    )
  return camera || <Avatar name={name} id={address} size="l" />
}
