import { useEffect, useMemo } from 'react'
import { nobodyTypes, type TypingPlace, type Typist } from '../presence/typing.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { unchanging, useObservable, useRetained } from './use-observable.ts'

/** Who is writing, and functions to say that the user is. */
export interface UseTyping {
  /** The others who are writing, at most 20. */
  readonly typing: readonly Typist[]
  /** Call it whenever the user changes the text; it is sent every 3 seconds at most. */
  readonly keystroke: () => void
  /** Call it when the text is sent, and when the field loses the focus. Unmounting stops too. */
  readonly stop: () => void
}

const nothing = { ...unchanging(nobodyTypes), keystroke() {}, stop() {} }

/**
 * Who else is writing in a room, a ticket or a thread that is shown.
 * @example
 * const { typing, keystroke, stop } = useTyping('lobby')
 * // <input onChange={keystroke} onBlur={stop} />
 * // <p>{typing.map(({ user_id, display_name }) => display_name ?? user_id).join(', ')}</p>
 */
export function useTyping(place: TypingPlace | Skip): UseTyping {
  const { presence } = useChatClient()
  const live = place === skip ? nothing : presence.typing(place)
  useRetained(live)
  const { typing } = useObservable(live)
  const { keystroke, stop } = live
  useEffect(() => stop, [stop])
  return useMemo(() => ({ typing, keystroke, stop }), [typing, keystroke, stop])
}
