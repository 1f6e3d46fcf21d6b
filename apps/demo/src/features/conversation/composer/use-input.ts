import { type RefObject, useEffect, useLayoutEffect } from 'react'
import type { Intention } from './intention.ts'

export type Input = RefObject<HTMLTextAreaElement | null>

/** Makes the box as tall as its text; CSS sets the limit. */
export function useGrowth(input: Input, text: string): void {
  useLayoutEffect(() => {
    if (!input.current) return
    input.current.style.height = 'auto'
    input.current.style.height = `${input.current.scrollHeight + 2}px`
  }, [input, text])
}

/** Focuses the box when a conversation opens, but not on a touch screen, where that would open the keyboard. */
export function useFocusWhenReady(input: Input, isReady: boolean): void {
  useEffect(() => {
    const isWriting = document.activeElement?.matches('input, textarea, select') ?? false
    if (isReady && !isWriting && matchMedia('(pointer: fine)').matches) input.current?.focus()
  }, [input, isReady])
}

export function useFocusForIntention(input: Input, intention: Intention | null): void {
  useEffect(() => {
    const box = input.current
    if (!intention || !box) return
    box.focus()
    box.setSelectionRange(box.value.length, box.value.length)
  }, [input, intention])
}
