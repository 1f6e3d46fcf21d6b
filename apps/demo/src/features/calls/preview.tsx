import { useChatClient, useLocalMedia } from '@dowellchat/client/react'
import { useEffect } from 'react'
import { Avatar } from '../../components/avatar.tsx'
import { useSelf } from '../people/use-self.ts'
import { DeviceButtons, DeviceProblems } from './device-buttons.tsx'
import { DeviceChoices } from './device-choices.tsx'
import { LevelMeter } from './microphone-level.tsx'
import { StreamVideo } from './stream-player.tsx'

/** Your own microphone and camera, to check before a call. */
export function Preview() {
  const { name, userId } = useSelf()
  const { stream, camera, microphone } = useLocalMedia()
  useLettingGo()
  return (
    <section className="card" aria-labelledby="preview">
      <h2 id="preview">Your camera and microphone</h2>
      <div className="stage stage-small">
        {stream && camera.status === 'on' ? (
          <StreamVideo stream={stream} label="Your camera" isMirrored />
        ) : (
          <Avatar name={name} id={userId} size="l" />
        )}
        <div className="stage-controls">
          <DeviceButtons />
        </div>
      </div>
      <LevelMeter />
      <DeviceProblems />
      <DeviceChoices />
      <p className="hint">
        {camera.status === 'starting' || microphone.status === 'starting'
          ? 'Your browser may ask for permission.'
          : 'Only you can see this. A call turns on what it needs.'}
      </p>
    </section>
  )
}

/** Turns both devices off when you leave the page without a call. */
function useLettingGo(): void {
  const { calls } = useChatClient()
  useEffect(
    () => () => {
      const { current } = calls.getSnapshot()
      if (current && current.status !== 'ended') return
      void calls.media.setMicrophone(false)
      void calls.media.setCamera(false)
    },
    [calls],
  )
}
