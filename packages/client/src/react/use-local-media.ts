import { useMemo } from 'react'
import type { LocalMedia, LocalMediaState } from '../calls/local-media.ts'
import { useChatClient } from './chat-provider.tsx'
import { useObservable } from './use-observable.ts'

export interface UseLocalMedia extends LocalMediaState, Pick<LocalMedia, 'setMicrophone' | 'setCamera'> {}

/** The user's own microphone and camera: their stream, whether they are on, and functions to turn them on and off. */
export function useLocalMedia(): UseLocalMedia {
  const { media } = useChatClient().calls
  const state = useObservable(media)
  return useMemo(
    () => ({ ...state, setMicrophone: media.setMicrophone, setCamera: media.setCamera }),
    [state, media],
  )
}
