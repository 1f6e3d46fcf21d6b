/** The screen that the other party shares. */
export interface RemoteScreen {
  readonly add: (track: MediaStreamTrack) => void
  /** The other party says whether it shares its screen. */
  readonly setOn: (isOn: boolean) => void
}

/** @param onChange is called when the screen is shared, always with the same stream, and with null when it is not any more */
export function createRemoteScreen(
  onChange: (screen: MediaStream | null) => void,
  closed: AbortSignal,
): RemoteScreen {
  const stream = new MediaStream()
  let screen: MediaStreamTrack | undefined
  let isOn = false
  let isShown = false

  /** The announcement and the track come on ways of their own, and pictures later than both. */
  function show(): void {
    const isSeen = isOn && screen !== undefined && !screen.muted
    if (isSeen === isShown) return
    isShown = isSeen
    onChange(isSeen ? stream : null)
  }

  return {
    add(track) {
      if (screen) stream.removeTrack(screen)
      screen = track
      stream.addTrack(track)
      for (const name of ['mute', 'unmute']) track.addEventListener(name, show, { signal: closed })
      show()
    },
    setOn(on) {
      isOn = on
      show()
    },
  }
}
