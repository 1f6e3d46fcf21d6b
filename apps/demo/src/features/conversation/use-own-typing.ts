import type { LiveTyping } from '@dowellchat/client'
import { useChatClient } from '@dowellchat/client/react'
import { useEffect } from 'react'
import type { Place } from './conversation-context.ts'

/** Says that you are writing. It does not follow who else is, so that nothing renders for them. */
export function useOwnTyping(place: Place): Pick<LiveTyping, 'keystroke' | 'stop'> {
  const { presence } = useChatClient()
  const { keystroke, stop } = presence.typing(place)
  useEffect(() => stop, [stop])
  return { keystroke, stop }
}
