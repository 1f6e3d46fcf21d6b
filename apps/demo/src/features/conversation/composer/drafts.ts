import { useCallback } from 'react'
import { createStored } from '../../../lib/stored.ts'
import { useStored } from '../../../lib/use-stored.ts'

const stored = createStored<Readonly<Record<string, string>>>('sessionStorage', 'drafts', (value) =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  ),
)

/** The unsent text of a conversation's message box; survives a reload. */
export function useDraft(key: string): readonly [string, (text: string) => void] {
  const text = useStored(stored)[key] ?? ''
  const setText = useCallback(
    (next: string) => {
      const { [key]: _, ...others } = stored.get()
      stored.set(next === '' ? others : { ...others, [key]: next })
    },
    [key],
  )
  return [text, setText]
}
