import { useMemo } from 'react'
import type { CallMedia } from '../calls/dom-types.ts'
import type { MediaError } from '../errors.ts'
import { useChatClient } from './chat-provider.tsx'
import type { ActionState } from './use-action.ts'
import { useCall } from './use-call.ts'
import { useObservable } from './use-observable.ts'

export interface UseScreenShare extends ActionState<MediaError> {
  /** The user's own shared screen, for a preview; null while none is shared. */
  readonly screen: CallMedia | null
  readonly isSharing: boolean
  /** The screen that the other party shares; null while it shares none. */
  readonly remoteScreen: CallMedia | null
  /**
   * Asks which screen, window or tab to share, and shares it until `stop`, the browser's own button, or the end of the call.
   * Call it when the user clicks. `error` shows a failure, so the promise, which rejects with the same error, may be ignored.
   */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/**
 * Shares the user's screen in a call, and shows the other party's.
 * @example
 * const { isSharing, start, stop, error, remoteScreen } = useScreenShare()
 * // <button onClick={() => void (isSharing ? stop() : start())}>{isSharing ? 'Stop sharing' : 'Share the screen'}</button>
 * // {error && <p role="alert">{error.message}</p>}
 */
export function useScreenShare(): UseScreenShare {
  const { media } = useChatClient().calls
  const { screen, screenStream } = useObservable(media)
  const { call } = useCall()
  const actions = useMemo(
    () => ({ start: () => media.setScreen(true), stop: () => media.setScreen(false) }),
    [media],
  )
  return {
    ...actions,
    screen: screenStream,
    isSharing: screen.status === 'on',
    isPending: screen.status === 'starting',
    error: screen.error,
    remoteScreen: call?.remoteScreen ?? null,
  }
}
