import type { MessageRow } from '@dowellchat/client'
import { useEffect, useRef } from 'react'
import { announce } from '../../lib/announce.ts'
import { nameFromId } from '../people/names.ts'
import { contentWords } from './message/content-words.ts'

/** At once, only how many there are is said. */
const mostRead = 3

/** Has new messages of others read by screen readers. */
export function useArrivals(rows: readonly MessageRow[], isReady: boolean): void {
  const last = useRef<number | null>(null)
  useEffect(() => {
    if (!isReady) return
    const end = rows.findLast(({ message }) => message.nth !== null)?.message.nth ?? 0
    const before = last.current
    last.current = end
    if (before === null || end <= before) return
    const fresh = rows.filter(({ message, isOwn }) => !isOwn && message.nth !== null && message.nth > before)
    if (fresh.length > mostRead) announce(`${fresh.length} new messages`)
    else if (fresh.length > 0) announce(fresh.map(wordsOf).join('. '))
  }, [rows, isReady])
}

function wordsOf({ isBlocked, message }: MessageRow): string {
  if (isBlocked) return 'Message of somebody you have blocked'
  return `${message.display_name ?? nameFromId(message.author ?? '')}: ${contentWords(message)}`
}
