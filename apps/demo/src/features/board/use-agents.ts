import type { UseLineManagers } from '@dowellchat/client/react'
import { useChatClient, useLineManagers } from '@dowellchat/client/react'
import { useEffect, useRef } from 'react'

/** At most so often, however fast tickets come and go. */
const pauseMs = 1_000

/** The agents, asked for again when tickets have changed: how many are open is not told by itself. */
export function useAgents(changes: unknown): UseLineManagers {
  const { lineManagers } = useChatClient()
  const loadedAt = useRef(0)
  // `changes` says when.
  useEffect(() => {
    const timer = setTimeout(
      () => {
        loadedAt.current = Date.now()
        void lineManagers.list().reload()
      },
      Math.max(0, loadedAt.current + pauseMs - Date.now()),
    )
    return () => clearTimeout(timer)
  }, [lineManagers, changes])
  return useLineManagers()
}
