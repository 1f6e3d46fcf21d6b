import type { MessageRow } from '@dowellchat/client'
import type { UseMessages } from '@dowellchat/client/react'
import { type RefObject, useCallback, useEffect } from 'react'
import type { VirtualizerHandle } from 'virtua'

interface ReadingOptions {
  readonly list: RefObject<VirtualizerHandle | null>
  readonly rows: readonly MessageRow[]
  readonly isShown: () => boolean
  readonly isAtEnd: boolean
  readonly markRead: UseMessages['markRead']
}

/** Marks what is on the screen as read. The answer is to be called when the reader scrolls. */
export function useReading({ list, rows, isShown, isAtEnd, markRead }: ReadingOptions): () => void {
  const read = useCallback(() => {
    if (!isShown() || document.visibilityState !== 'visible') return
    const nth = isAtEnd ? lastOf(rows, rows.length - 1) : lastOf(rows, lastVisible(list.current))
    if (nth !== null) markRead(nth)
  }, [list, rows, isShown, isAtEnd, markRead])

  useEffect(() => {
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [read])
  return read
}

function lastVisible(list: VirtualizerHandle | null): number {
  return list ? list.findItemIndex(list.scrollOffset + list.viewportSize) : -1
}

/** The number of the last message of the stream up to a row; null if there is none. */
function lastOf(rows: readonly MessageRow[], from: number): number | null {
  for (let at = from; at >= 0; at -= 1) {
    const nth = rows[at]?.message.nth
    if (typeof nth === 'number') return nth
  }
  return null
}
