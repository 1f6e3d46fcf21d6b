import { useMemo } from 'react'
import type { CallQuality } from '../calls/call.ts'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { useObservable } from './use-observable.ts'

export interface UseCallQuality {
  /** How well sound and picture of the current call come through; null without a call, and until that is known. */
  readonly quality: CallQuality | null
}

/** How well the current call comes through. Renders only when that changes. */
export function useCallQuality(): UseCallQuality {
  const { calls } = useChatClient()
  const quality = useMemo(
    () => select(calls, ({ current }) => ({ quality: current?.quality ?? null })),
    [calls],
  )
  return useObservable(quality)
}
