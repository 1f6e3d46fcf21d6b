import { useLocalMedia } from '@dowellchat/client/react'
import { Avatar } from '../../components/avatar.tsx'
import { useSelf } from '../people/use-self.ts'
import { StreamVideo } from './stream-player.tsx'

/** What the other person sees of you, small. */
export function OwnPicture() {
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
