import type { MessageRow } from '@dowellchat/client'
import { useLayoutEffect, useReducer, useRef } from 'react'

type Rows = readonly MessageRow[]

export interface ShownRows {
  readonly rows: Rows
  /** Whether rows came or went at the start since the last render: the list then keeps its distance from the end. */
  readonly isShifted: boolean
}

/**
 * The rows, of which either the start or the end changes in one render, never both: a windowed list can keep its place in
 * either case, but not in both at once. Rows that have nothing in common with those before replace them at once.
 */
export function useOneEndAtATime(rows: Rows): ShownRows {
  const [, again] = useReducer((n: number) => n + 1, 0)
  const before = useRef<Rows>([])
  const { shown, isShifted } = nextOf(before.current, rows)
  useLayoutEffect(() => {
    before.current = shown
    if (shown !== rows) again()
  }, [shown, rows])
  return { rows: shown, isShifted }
}

function nextOf(before: Rows, rows: Rows): { readonly shown: Rows; readonly isShifted: boolean } {
  const [first, last] = [before[0]?.key, before.at(-1)?.key]
  if (first === undefined || rows[0]?.key === first) return { shown: rows, isShifted: false }
  const dropped = placeOf(before, rows[0]?.key)
  const added = dropped < 0 ? placeOf(rows, first) : -1
  if (dropped < 0 && added < 0) return { shown: rows, isShifted: false }
  if (rows.at(-1)?.key === last) return { shown: rows, isShifted: true }
  return {
    shown: dropped > 0 ? before.slice(dropped) : [...rows.slice(0, added), ...before],
    isShifted: true,
  }
}

function placeOf(rows: Rows, key: string | undefined): number {
  return key === undefined ? -1 : rows.findIndex((row) => row.key === key)
}
