import type { Ticket } from '@dowellchat/client'
import { useChatClient } from '@dowellchat/client/react'
import { useEffect, useState } from 'react'
import { withPredictions } from './waits.ts'

// Outlives the page, so that a look at a ticket forgets nothing.
let kept: ReadonlyMap<string, number> = new Map()

/** What was predicted, in minutes, of each ticket that the board has seen wait. */
export function usePredictions(waiting: readonly Ticket[]): ReadonlyMap<string, number> {
  const { now } = useChatClient()
  const [predictions, setPredictions] = useState(kept)
  useEffect(() => {
    kept = withPredictions(kept, waiting, now())
    setPredictions(kept)
  }, [waiting, now])
  return predictions
}
