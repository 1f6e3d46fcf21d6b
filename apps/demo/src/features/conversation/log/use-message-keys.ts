import type { MessageRow } from '@dowellchat/client'
import { type FocusEvent, type KeyboardEvent, type RefObject, useCallback, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import { type ConversationActions, isStored, useConversationActions } from '../conversation-context.ts'

export interface MessageKeys {
  /** The key of the message at which the keyboard is, or was last; null before that. */
  readonly current: string | null
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onFocus: (event: FocusEvent) => void
  /** Moves the focus to a message that is, or is about to be, on the page. */
  readonly focus: (key: string) => void
}

/** Keys that press one of the buttons at a message. */
const buttons: Readonly<Record<string, string>> = {
  Enter: 'menu',
  ' ': 'menu',
  r: 'reply',
  t: 'thread',
  '+': 'react',
  s: 'stop',
}

interface MessageKeysOptions {
  readonly log: RefObject<HTMLDivElement | null>
  readonly list: RefObject<VirtualizerHandle | null>
  readonly rows: readonly MessageRow[]
  readonly toFirst: () => void
  readonly toLast: () => void
}

/** The keys within a list of messages: the arrows go through them, and some keys do something with the one that has the focus. */
export function useMessageKeys({ log, list, rows, toFirst, toLast }: MessageKeysOptions): MessageKeys {
  const actions = useConversationActions()
  const [current, setCurrent] = useState<string | null>(null)

  const focus = useCallback(
    (key: string) => {
      setCurrent(key)
      focusOnceThere(log, key)
    },
    [log],
  )

  function go(step: number, from: string | null): void {
    const at = from === null ? rows.length : rows.findIndex(({ key }) => key === from)
    const next = rows[Math.max(0, Math.min(at + step, rows.length - 1))]
    if (!next) return
    list.current?.scrollToIndex(rows.indexOf(next), { align: 'nearest' })
    focus(next.key)
  }

  function onKeyDown(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    const isHere = target === log.current || target.matches('article')
    if (!isHere || event.ctrlKey || event.metaKey || event.altKey) return
    const key = target.closest<HTMLElement>('[data-key]')?.dataset.key ?? null
    const row = rows.find((one) => one.key === key)
    const isDone =
      moveBy(event.key, (step) => go(step, key)) ||
      moveTo(event.key, { Home: toFirst, End: toLast }) ||
      (row && act(event.key, row, target, actions))
    if (isDone) event.preventDefault()
  }

  const onFocus = useCallback(({ target }: FocusEvent) => {
    const key = target.closest<HTMLElement>('[data-key]')?.dataset.key
    if (key !== undefined) setCurrent(key)
  }, [])

  return { current, onKeyDown, onFocus, focus }
}

/** The list needs some frames to render a message and to measure it, before which it is hidden. */
const mostFrames = 120

function focusOnceThere(log: RefObject<HTMLDivElement | null>, key: string, frames = mostFrames): void {
  requestAnimationFrame(() => {
    const article = articleOf(log.current, key)
    article?.focus({ preventScroll: true })
    if ((!article || document.activeElement !== article) && frames > 0) focusOnceThere(log, key, frames - 1)
  })
}

function articleOf(log: HTMLElement | null, key: string): HTMLElement | null {
  return log?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] article`) ?? null
}

function moveBy(key: string, go: (step: number) => void): boolean {
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return false
  go(key === 'ArrowUp' ? -1 : 1)
  return true
}

function moveTo(key: string, ends: Readonly<Record<string, () => void>>): boolean {
  ends[key]?.()
  return key in ends
}

function act(key: string, row: MessageRow, article: HTMLElement, actions: ConversationActions): boolean {
  const button = article.querySelector<HTMLElement>(`[data-action="${buttons[key] ?? ''}"]`)
  if (button) {
    button.click()
    return true
  }
  if (!isStored(row) || !row.isOwn) return false
  if (key === 'e') actions.edit(row)
  else if (key === 'Delete') actions.askToRemove(row)
  else return false
  return true
}
