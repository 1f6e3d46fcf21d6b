import type { MessageRow } from '@dowellchat/client'
import { useEffect, useRef } from 'react'
import { announce } from '../../lib/announce.ts'
import { nameFromId } from '../people/names.ts'
import { blockedWords } from './message/blocked-words.ts'
import { contentWords } from './message/content-words.ts'

/** At once, only how many there are is said. */
const mostRead = 3

/** Has new messages of others read by screen readers, where rows are the last ones, and that one is being written. */
export function useArrivals(rows: readonly MessageRow[], isAtEnd: boolean): void {
  useDraftsSaid(rows)
  const last = useRef<number | null>(null)
  useEffect(() => {
    if (!isAtEnd) return
    const end = rows.findLast(({ message }) => message.nth !== null)?.message.nth ?? 0
    const before = last.current
    last.current = Math.max(end, before ?? 0)
    if (before === null || end <= before) return
    const fresh = rows.filter(({ message, isOwn }) => !isOwn && message.nth !== null && message.nth > before)
    if (fresh.length > mostRead) announce(`${fresh.length} new messages`)
    else if (fresh.length > 0) announce(fresh.map(wordsOf).join('. '))
  }, [rows, isAtEnd])
}

/** Only that it begins: what is written is read once it is whole. */
function useDraftsSaid(rows: readonly MessageRow[]): void {
  const said = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    const drafts = rows.filter(({ delivery, isOwn }) => delivery === 'draft' && !isOwn)
    if (drafts.length === 0 && said.current.size === 0) return
    for (const { key, message } of drafts)
      if (!said.current.has(key)) announce(`${nameOf(message)} is writing an answer`)
    said.current = new Set(drafts.map(({ key }) => key))
  }, [rows])
}

function nameOf({ display_name, author }: MessageRow['message']): string {
  return display_name ?? nameFromId(author ?? '')
}

function wordsOf({ isBlocked, message }: MessageRow): string {
  if (isBlocked) return blockedWords
  return `${nameOf(message)}: ${contentWords(message)}`
}
