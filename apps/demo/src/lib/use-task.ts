import { useCallback, useRef, useState } from 'react'
import { wordsOf } from './words.ts'

export interface Task<Args extends readonly unknown[]> {
  /** Resolves with whether it was done; while one is under way there is no other. */
  readonly run: (...args: Args) => Promise<boolean>
  readonly isPending: boolean
  /** Why the last one failed, in words. */
  readonly problem: string | null
}

/** Something that a button does, with what the page shows meanwhile and where it fails. */
export function useTask<Args extends readonly unknown[]>(
  act: (...args: Args) => Promise<unknown>,
): Task<Args> {
  const [state, setState] = useState<{ isPending: boolean; problem: string | null }>(idle)
  const isUnderWay = useRef(false)
  const run = useCallback(
    async (...args: Args): Promise<boolean> => {
      if (isUnderWay.current) return false
      isUnderWay.current = true
      setState({ isPending: true, problem: null })
      try {
        await act(...args)
        setState(idle)
        return true
      } catch (error) {
        setState({ isPending: false, problem: wordsOf(error) })
        return false
      } finally {
        isUnderWay.current = false
      }
    },
    [act],
  )
  return { run, ...state }
}

const idle = { isPending: false, problem: null }
