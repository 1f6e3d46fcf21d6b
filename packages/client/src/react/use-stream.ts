import { useState } from 'react'
import type { CallElement, CallMedia } from '../calls/dom-types.ts'
import type { StreamOptions } from '../calls/tools/show-stream.ts'
import { useCallTool } from './use-call-tool.ts'

export interface UseStream {
  /** For the `ref` of a video or audio element. */
  readonly ref: (element: CallElement | null) => void
  /** Whether the browser plays no sound before the user has clicked somewhere: show a button that calls `play`. */
  readonly isBlocked: boolean
  /** Plays what is blocked. Call it when the user clicks. */
  readonly play: () => void
}

/**
 * Shows a stream of a call in a video or audio element, with the speaker that the user has chosen.
 * @example
 * const { ref, isBlocked, play } = useStream(call.remote)
 * // <video ref={ref} />
 * // {isBlocked && <button onClick={play}>Turn on the sound</button>}
 */
export function useStream(stream: CallMedia | null, { muted, speaker }: StreamOptions = {}): UseStream {
  const [element, ref] = useState<HTMLMediaElement | null>(null)
  const isBlocked = useCallTool(
    false as boolean,
    ({ showStream }, ...how) => showStream(...how),
    element,
    stream,
    muted,
    speaker,
  )
  // The element tells that it plays.
  return { ref, isBlocked, play: () => void element?.play().catch(() => undefined) }
}
