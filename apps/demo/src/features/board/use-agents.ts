import type { UseLineManagers } from '@dowellchat/client/react'
import { useChatClient, useLineManagers } from '@dowellchat/client/react'
import { useEffect } from 'react'

/** At most so often, however fast tickets come and go. */
const pauseMs = 1_000

/** The agents, asked for again when tickets have changed: how many are open is not told by itself. */
export function useAgents(changes: unknown): UseLineManagers {
  const { lineManagers } = useChatClient()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `changes` says when
  useEffect(() => {
    const timer = setTimeout(() => void lineManagers.list().reload(), pauseMs)
    return () => clearTimeout(timer)
  }, [lineManagers, changes])
  return useLineManagers()
}
