import { useMemo } from 'react'
import type { LocalMedia, LocalMediaState } from '../local-media.ts'
import { useChatClient } from './chat-provider.tsx'
import { useObservable } from './use-observable.ts'

export interface UseLocalMedia extends LocalMediaState, Pick<LocalMedia, 'setMicrophone' | 'setCamera'> {}

/** One's own microphone and camera: what they give, whether they are on, and how to turn them on and off. */
export function useLocalMedia(): UseLocalMedia {
  const { media } = useChatClient().calls
  const state = useObservable(media)
  return useMemo(
    () => ({ ...state, setMicrophone: media.setMicrophone, setCamera: media.setCamera }),
    [state, media],
  )
}
