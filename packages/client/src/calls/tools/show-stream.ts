import { chosenDevices, onChoice } from '../media/device-choice.ts'

/** How to show a stream. */
export interface StreamOptions {
  /** Whether to leave out the sound, as for one's own picture; default false. */
  readonly muted?: boolean | undefined
  /** The id of the speaker that plays the sound. Default: the one that the user has chosen with `useMediaDevices`. */
  readonly speaker?: string | null | undefined
}

/**
 * Shows a stream in an element, and tells whether the browser refuses to play its sound before the user has clicked somewhere.
 * Call the answer to stop following the element and the choice of the speaker.
 */
export function showStream(
  tell: (isBlocked: boolean) => void,
  element: HTMLMediaElement | null,
  stream: MediaStream | null,
  muted: StreamOptions['muted'] = false,
  speaker: StreamOptions['speaker'] = null,
): () => void {
  if (!element) return () => {}
  const until = new AbortController()
  const shown = element

  function routeSound(): void {
    const id = speaker ?? chosenDevices().speaker ?? ''
    // Missing in Safari. A speaker that is gone leaves the one that is in use.
    if (shown.setSinkId && shown.sinkId !== id) shown.setSinkId(id).catch(() => undefined)
  }

  async function play(): Promise<void> {
    try {
      await shown.play()
    } catch (error) {
      // Other failures are those of a stream that was replaced meanwhile.
      const isBlocked = error instanceof DOMException && error.name === 'NotAllowedError'
      if (isBlocked && !until.signal.aborted) tell(true)
    }
  }

  shown.muted = muted
  // Phones show a video on the whole screen otherwise.
  shown.setAttribute('playsinline', '')
  if (shown.srcObject !== stream) shown.srcObject = stream
  routeSound()
  const stop = onChoice(routeSound)
  shown.addEventListener('playing', () => tell(false), { signal: until.signal })
  tell(false)
  if (stream) void play()
  return () => {
    until.abort()
    stop()
  }
}
