import type { MessageRow } from '@dowellchat/client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

export interface LogScroll {
  readonly log: RefObject<HTMLDivElement | null>
  readonly onScroll: () => void
  /** Whether rows came or went at the start: the list then keeps its distance from the end. */
  readonly isShifted: boolean
  /** Whether new messages arrived while the reader was further up. */
  readonly hasNews: boolean
  readonly toEnd: () => void
}

/** How close to an end counts as being there, in pixels. */
const nearEnd = 48
const nearStart = 240

/**
 * Sticks to the end while the reader is there, and asks for older messages near the start. The windowed list keeps the
 * reader's place otherwise.
 */
export function useLogScroll(rows: readonly MessageRow[], askForOlder: () => void): LogScroll {
  const log = useRef<HTMLDivElement>(null)
  const last = useRef({ isAtEnd: true, top: 0, first: '', end: '' })
  const [hasNews, setHasNews] = useState(false)
  const first = rows[0]?.key ?? ''
  const isShifted = last.current.first !== '' && first !== last.current.first

  const toEnd = useCallback(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight
    last.current.isAtEnd = true
    setHasNews(false)
  }, [])

  useLayoutEffect(() => {
    const before = last.current
    const newest = rows.at(-1)
    const end = newest?.key ?? ''
    const isNew = end !== before.end
    if (before.isAtEnd || (isNew && newest?.delivery === 'sending')) toEnd()
    else if (isNew) setHasNews(true)
    Object.assign(before, { first, end })
  }, [rows, first, toEnd])

  // Also when everything fits without scrolling.
  useEffect(() => {
    if (rows.length > 0 && log.current && log.current.scrollTop < nearStart) askForOlder()
  }, [rows, askForOlder])

  useEffect(() => {
    const element = log.current
    if (!element) return
    // The list grows when its rows are measured, too.
    const observer = new ResizeObserver(() => {
      if (last.current.isAtEnd) element.scrollTop = element.scrollHeight
    })
    for (const one of [element, ...element.children]) observer.observe(one)
    return () => observer.disconnect()
  }, [])

  const onScroll = useCallback(() => {
    const element = log.current
    if (!element) return
    const { scrollTop, scrollHeight, clientHeight } = element
    const isNear = scrollHeight - scrollTop - clientHeight < nearEnd
    // Only the reader goes up: what grows below them takes nobody away from the end.
    if (isNear) last.current.isAtEnd = true
    else if (scrollTop < last.current.top) last.current.isAtEnd = false
    last.current.top = scrollTop
    if (isNear) setHasNews(false)
    if (scrollTop < nearStart) askForOlder()
  }, [askForOlder])

  return { log, onScroll, isShifted, hasNews, toEnd }
}
