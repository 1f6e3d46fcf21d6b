/** The other party's sound and picture. */
export interface Remote {
  readonly add: (track: MediaStreamTrack) => void
  /** The other party says whether its camera is on. */
  readonly setCamera: (isOn: boolean) => void
}

/** @param onChange is called when sound or picture has started or stopped; always with the same stream */
export function createRemote(onChange: (stream: MediaStream) => void, closed: AbortSignal): Remote {
  const stream = new MediaStream()
  const until = { signal: closed }
  let picture: MediaStreamTrack | undefined
  let isCameraOff = false

  /** A video element that waits for a picture plays no sound, so the stream has the track only while pictures arrive. */
  function showPicture(): void {
    if (!picture) return
    if (picture.muted || isCameraOff) stream.removeTrack(picture)
    else stream.addTrack(picture)
    onChange(stream)
  }

  return {
    add(track) {
      if (track.kind === 'video') {
        picture = track
        track.addEventListener('mute', showPicture, until)
        track.addEventListener('unmute', showPicture, until)
        showPicture()
      } else {
        stream.addTrack(track)
        onChange(stream)
      }
    },
    setCamera(isOn) {
      isCameraOff = !isOn
      showPicture()
    },
  }
}
