import type { MessageRow } from '@dowellchat/client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

export interface LogScroll {
  readonly log: RefObject<HTMLDivElement | null>
  readonly onScroll: () => void
  /** Whether new messages arrived while the reader was further up. */
  readonly hasNews: boolean
  readonly toEnd: () => void
}

/** How close to an end counts as being there, in pixels. */
const nearEnd = 48
const nearStart = 240

/**
 * Sticks to the end while the reader is there, keeps the reader's place otherwise, and asks for older messages near the
 * start.
 */
export function useLogScroll(rows: readonly MessageRow[], askForOlder: () => void): LogScroll {
  const log = useRef<HTMLDivElement>(null)
  const last = useRef({ isAtEnd: true, height: 0, first: '', newest: '', end: '' })
  const [hasNews, setHasNews] = useState(false)

  const toEnd = useCallback(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight
    last.current.isAtEnd = true
    setHasNews(false)
  }, [])

  useLayoutEffect(() => {
    const element = log.current
    if (!element) return
    const before = last.current
    const end = rows.at(-1)
    const now = {
      first: rows[0]?.cid ?? '',
      newest: rows.findLast(({ message }) => message !== null)?.cid ?? '',
      end: end?.cid ?? '',
    }
    const isJustWritten = end?.delivery === 'sending' && now.end !== before.end
    if (before.isAtEnd || isJustWritten) toEnd()
    else {
      if (now.first !== before.first) element.scrollTop += element.scrollHeight - before.height
      if (now.newest !== before.newest) setHasNews(true)
    }
    Object.assign(before, now, { height: element.scrollHeight })
  }, [rows, toEnd])

  // Also when everything fits without scrolling.
  useEffect(() => {
    if (rows.length > 0 && log.current && log.current.scrollTop < nearStart) askForOlder()
  }, [rows, askForOlder])

  useEffect(() => {
    const element = log.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      if (last.current.isAtEnd) element.scrollTop = element.scrollHeight
      last.current.height = element.scrollHeight
    })
    for (const one of [element, ...element.children]) observer.observe(one)
    return () => observer.disconnect()
  }, [])

  const onScroll = useCallback(() => {
    const element = log.current
    if (!element) return
    const { scrollTop, scrollHeight, clientHeight } = element
    Object.assign(last.current, {
      isAtEnd: scrollHeight - scrollTop - clientHeight < nearEnd,
      height: scrollHeight,
    })
    if (last.current.isAtEnd) setHasNews(false)
    if (scrollTop < nearStart) askForOlder()
  }, [askForOlder])

  return { log, onScroll, hasNews, toEnd }
}
