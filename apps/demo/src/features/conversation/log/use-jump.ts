import type { MessageRow } from '@dowellchat/client'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'

/** A wish to see a message; another object each time. */
export interface JumpTarget {
  readonly nth: number
  /** Whether the keyboard goes there too. */
  readonly takesFocus: boolean
}

interface JumpOptions {
  readonly list: RefObject<VirtualizerHandle | null>
  readonly rows: readonly MessageRow[]
  readonly target: JumpTarget | null
  /** Called before the list moves. */
  readonly letGo: () => void
  readonly focus: (key: string) => void
}

const shownMs = 2_000

/** Brings a message into view once it is in the list, and marks it for a moment. Answers its key meanwhile. */
export function useJump({ list, rows, target, letGo, focus }: JumpOptions): string | null {
  const done = useRef<JumpTarget | null>(null)
  const [found, setFound] = useState<string | null>(null)

  useEffect(() => {
    if (!target || done.current === target) return
    const at = rows.findIndex(({ message }) => message.nth === target.nth)
    const key = rows[at]?.key
    if (key === undefined) return
    done.current = target
    letGo()
    list.current?.scrollToIndex(at, { align: 'center' })
    setFound(key)
    if (target.takesFocus) focus(key)
  }, [list, rows, target, letGo, focus])

  useEffect(() => {
    if (found === null) return
    const timer = setTimeout(() => setFound(null), shownMs)
    return () => clearTimeout(timer)
  }, [found])
  return found
}
