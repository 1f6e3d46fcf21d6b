import { useEffect, useRef } from 'react'

interface StreamVideoProps {
  readonly stream: MediaStream
  readonly label: string
  /** As in a mirror, which is how one knows oneself. */
  readonly isMirrored?: boolean
}

/** A picture without its sound, which `RemoteSound` plays on every page. */
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

/** A sound without a picture. */
export function StreamAudio({ stream }: { readonly stream: MediaStream }) {
  const audio = useRef<HTMLAudioElement>(null)
  useEffect(() => {
    if (audio.current) audio.current.srcObject = stream
  }, [stream])
  // biome-ignore lint/a11y/useMediaCaption: nobody captions what is being said
  return <audio ref={audio} autoPlay />
}
