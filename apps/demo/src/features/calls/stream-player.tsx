import { useStream } from '@dowellchat/client/react'
import { Volume2 } from 'lucide-react'
import { useEffect, useRef } from 'react'

interface StreamVideoProps {
  readonly stream: MediaStream
  readonly label: string
  /** Mirrors the picture, as people expect of their own. */
  readonly isMirrored?: boolean
}

/** The picture of a stream. `BackgroundCall` plays its sound on every page. */
export function StreamVideo({ stream, label, isMirrored = false }: StreamVideoProps) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = stream
  }, [stream])
  return (
    <video
      ref={video}
      className="stream"
      aria-label={label}
      data-mirrored={isMirrored}
      autoPlay
      muted
      playsInline
    />
  )
}

/** The sound of a stream, from the speaker that you have chosen. */
export function StreamAudio({ stream }: { readonly stream: MediaStream }) {
  const { ref, isBlocked, play } = useStream(stream)
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: live speech has no captions */}
      <audio ref={ref} />
      {isBlocked && (
        <button type="button" className="button primary sound-blocked" onClick={play}>
          <Volume2 aria-hidden /> Turn on the sound
        </button>
      )}
    </>
  )
}
