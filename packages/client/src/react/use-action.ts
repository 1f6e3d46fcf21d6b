import { useCallback, useState } from 'react'
import { ignorable } from '../live/ignorable.ts'

interface ActionState<Failure> {
  readonly isPending: boolean
  /** Why the last run failed; null once another has begun. */
  readonly error: Failure | null
}

const idle = { isPending: false, error: null }

/** Runs an action and shows its state, so that its promise may be ignored. The state is cleared when `about` changes. */
export function useAction<Args extends readonly unknown[], Result, Failure>(
  act: (...args: Args) => Promise<Result>,
  isFailure: (error: unknown) => error is Failure,
  about?: unknown,
): ActionState<Failure> & { readonly run: (...args: Args) => Promise<Result> } {
  const [last, setLast] = useState<{ about: unknown; state: ActionState<Failure> } | null>(null)
  const run = useCallback(
    (...args: Args) => {
      const show = (state: ActionState<Failure>): void => setLast({ about, state })
      show({ isPending: true, error: null })
      const done = act(...args)
      done.then(
        () => show(idle),
        (error: unknown) => show({ isPending: false, error: isFailure(error) ? error : null }),
      )
      return ignorable(done)
    },
    [act, isFailure, about],
  )
  return { ...(last && last.about === about ? last.state : idle), run }
}
