import { useCallback, useRef, useState } from 'react'
import { wordsOf } from './words.ts'

export interface Task<Args extends readonly unknown[]> {
  /** Resolves to whether it succeeded; false at once while an earlier run has not finished. */
  readonly run: (...args: Args) => Promise<boolean>
  readonly isPending: boolean
  /** Why the last run failed, in words. */
  readonly problem: string | null
}

/** An action behind a button, with its pending state and its error. */
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
