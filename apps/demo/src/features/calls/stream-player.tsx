import { useEffect, useRef } from 'react'

interface StreamVideoProps {
  readonly stream: MediaStream
  readonly label: string
  /** Mirrors the picture, as people expect of their own. */
  readonly isMirrored?: boolean
}

/** The picture of a stream. `RemoteSound` plays its sound on every page. */
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

/** The sound of a stream. */
export function StreamAudio({ stream }: { readonly stream: MediaStream }) {
  const audio = useRef<HTMLAudioElement>(null)
  useEffect(() => {
    if (audio.current) audio.current.srcObject = stream
  }, [stream])
  // biome-ignore lint/a11y/useMediaCaption: live speech has no captions
  return <audio ref={audio} autoPlay />
}
