import type { MessageRow } from '@dowellchat/client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

export interface LogScroll {
  readonly onScroll: () => void
  /** Whether the reader is at the last message. */
  readonly isAtEnd: boolean
  /** How many messages of others have arrived since the reader was there. */
  readonly newCount: number
  readonly toEnd: () => void
  /** Call it before the list goes somewhere else. */
  readonly letGo: () => void
}

interface LogScrollOptions {
  readonly log: RefObject<HTMLDivElement | null>
  readonly rows: readonly MessageRow[]
  readonly isShown: () => boolean
  /** Whether the rows end before the conversation does. */
  readonly hasNewer: boolean
  readonly askForOlder: () => void
  readonly askForNewer: () => void
}

/** How close to an end counts as being there, in pixels. */
const nearEnd = 48
const nearEdge = 240

/**
 * Sticks to the end while the reader is there, and asks for older and newer messages near the edges. The windowed list keeps
 * the reader's place otherwise.
 */
export function useLogScroll(options: LogScrollOptions): LogScroll {
  const { log, rows, isShown, hasNewer, askForOlder, askForNewer } = options
  const last = useRef({ isAtEnd: true, top: 0, height: 0, end: '', seen: '' })
  const [isAtEnd, setIsAtEnd] = useState(true)
  const newest = rows.at(-1)
  const end = newest?.key ?? ''

  const setAtEnd = useCallback((isThere: boolean) => {
    last.current.isAtEnd = isThere
    if (isThere) last.current.seen = last.current.end
    setIsAtEnd(isThere)
  }, [])
  const toEnd = useCallback(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight
    setAtEnd(true)
  }, [log, setAtEnd])
  const letGo = useCallback(() => setAtEnd(false), [setAtEnd])

  useLayoutEffect(() => {
    const before = last.current
    const isNew = end !== before.end
    before.end = end
    if (hasNewer) before.isAtEnd = false
    else if (before.isAtEnd || (isNew && newest?.delivery === 'sending')) toEnd()
  }, [end, newest, hasNewer, rows, toEnd])

  // Also when everything fits without scrolling. What is not shown has no height, and is at both its ends.
  useEffect(() => {
    const element = log.current
    if (rows.length === 0 || !element || !isShown()) return
    if (element.scrollTop < nearEdge) askForOlder()
    if (belowOf(element) < nearEdge) askForNewer()
  }, [log, rows, isShown, askForOlder, askForNewer])

  useEffect(() => {
    const element = log.current
    if (!element) return
    // The list grows when its rows are measured, too.
    const observer = new ResizeObserver(() => {
      if (last.current.isAtEnd) element.scrollTop = element.scrollHeight
    })
    for (const one of [element, ...element.children]) observer.observe(one)
    return () => observer.disconnect()
  }, [log])

  const onScroll = useCallback(() => {
    const element = log.current
    if (!element) return
    const { scrollTop, scrollHeight } = element
    const below = belowOf(element)
    // Only the reader goes up: what grows below them takes nobody away from the end, and neither does a list that shrinks while
    // its rows are measured.
    const { top, height } = last.current
    if (below < nearEnd && !hasNewer) setAtEnd(true)
    else if (scrollTop < top && scrollHeight === height) setAtEnd(false)
    Object.assign(last.current, { top: scrollTop, height: scrollHeight })
    if (scrollTop < nearEdge) askForOlder()
    if (below < nearEdge) askForNewer()
  }, [log, hasNewer, askForOlder, askForNewer, setAtEnd])

  const newCount = isAtEnd ? 0 : newSince(rows, last.current.seen)
  return { onScroll, isAtEnd: isAtEnd && !hasNewer, newCount, toEnd, letGo }
}

function belowOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight
}

/** Others' messages after the last one that was seen. */
function newSince(rows: readonly MessageRow[], seen: string): number {
  let count = 0
  for (let at = rows.length - 1; at >= 0 && rows[at]?.key !== seen; at -= 1) if (!rows[at]?.isOwn) count += 1
  return seen === '' || rows.every(({ key }) => key !== seen) ? 0 : count
}
