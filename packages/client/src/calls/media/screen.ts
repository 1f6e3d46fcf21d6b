import type { MediaError } from '../../errors.ts'
import type { Source } from '../../live/observable.ts'
import { type LocalMedia, type LocalMediaState, off } from '../local-media.ts'
import { screenErrorOf } from './media-error.ts'

/** The user's screen, or the window or tab of it that is shared. Its state is shown in the source given to `createScreen`. */
export interface Screen extends Pick<LocalMedia, 'setScreen'> {
  readonly release: () => void
}

export function createScreen(media: Source<LocalMediaState>): Screen {
  /** The newest attempt; the results of older ones are dropped. */
  let attempts = 0
  let shared: MediaStreamTrack | undefined
  let starting: Promise<void> | undefined

  function stop(error: MediaError | null = null): void {
    attempts += 1
    starting = undefined
    shared?.stop()
    shared = undefined
    media.patch({ screenStream: null, screen: error ? { status: 'error', error } : off })
  }

  async function start(): Promise<void> {
    const own = ++attempts
    media.patch({ screen: { status: 'starting', error: null } })
    try {
      const screenStream = await navigator.mediaDevices.getDisplayMedia({ video: true })
      const [track] = screenStream.getVideoTracks()
      if (own !== attempts) return track?.stop()
      shared = track
      // The browser has a button of its own to stop sharing.
      track?.addEventListener('ended', () => {
        if (shared === track) stop()
      })
      media.patch({ screenStream, screen: { status: 'on', error: null } })
    } catch (cause) {
      if (own !== attempts) return
      const error = screenErrorOf(cause)
      stop(error)
      throw error
    }
  }

  return {
    async setScreen(isOn) {
      if (!isOn) return stop()
      if (shared) return
      // One question is enough.
      starting ??= start()
      await starting
    },
    release: () => stop(),
  }
}
