import { useState } from 'react'
import type { Intention } from './intention.ts'

/** What the next text is for. Editing only interrupts an answer, which is there again afterwards. */
export function useIntention(): readonly [Intention | null, (next: Intention | null) => void] {
  const [edit, setEdit] = useState<Intention | null>(null)
  const [answer, setAnswer] = useState<Intention | null>(null)

  function intend(next: Intention | null): void {
    setEdit(next?.kind === 'edit' ? next : null)
    if (next?.kind === 'reply' || (next === null && edit === null)) setAnswer(next)
  }

  return [edit ?? answer, intend]
}
