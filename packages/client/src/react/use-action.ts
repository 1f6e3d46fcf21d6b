import { useCallback, useEffect, useRef, useState } from 'react'
import { RequestError } from '../errors.ts'
import { createIntentions } from './intentions.ts'

/** How an action goes: what the hooks that do something have in common. */
export interface ActionState<Failure = RequestError> {
  /** Whether it is under way. Doing the same again meanwhile sends nothing more. */
  readonly isPending: boolean
  /** Why it failed the last time; null once it begins again. */
  readonly error: Failure | null
}

/** An action of any kind: a function to run it, and how it goes. */
export interface UseAction<Args extends readonly unknown[], Result> extends ActionState<Error> {
  /** Rejects with what `error` then shows, so the promise may be ignored. */
  readonly run: (...args: Args) => Promise<Result>
}

/**
 * Shows how a function goes that has no hook of its own: whether it is pending, and why it failed.
 * @example
 * const { rooms } = useChatClient()
 * const { run: addMembers, isPending, error } = useAction(rooms.addMembers)
 * // <button disabled={isPending} onClick={() => void addMembers(room, ['ben'])}>Add Ben</button>
 */
export function useAction<Args extends readonly unknown[], Result>(
  act: (...args: Args) => Promise<Result>,
): UseAction<Args, Result> {
  return useIntention((_cid, ...args: Args) => act(...args), isError)
}

/** As `useAction`, for what fails with a `RequestError` alone; anything else is a bug, and is reported as unhandled. */
export function useRequest<Args extends readonly unknown[], Result>(
  act: (cid: string, ...args: Args) => Promise<Result>,
) {
  return useIntention(act, isRefusal)
}

function isError(error: unknown): error is Error {
  return error instanceof Error
}

function isRefusal(error: unknown): error is RequestError {
  return error instanceof RequestError
}

interface Progress<Failure> {
  readonly about: unknown
  readonly pending: number
  readonly error: Failure | null
}

/**
 * Runs an action under one cid until it has succeeded or something else is wanted. The state is cleared when `about` changes.
 */
export function useIntention<Args extends readonly unknown[], Result, Failure>(
  act: (cid: string, ...args: Args) => Promise<Result>,
  isFailure: (error: unknown) => error is Failure,
  about?: unknown,
): ActionState<Failure> & { readonly run: (...args: Args) => Promise<Result> } {
  const latest = useLatest(act)
  const [intentions] = useState(createIntentions<Args, Result>)
  const [last, setLast] = useState<Progress<Failure>>({ about, pending: 0, error: null })

  const run = useCallback(
    (...args: Args) => {
      const { done, isNew } = intentions.begin(latest.current, args)
      if (!isNew) return done
      const end = (error: Failure | null): void =>
        setLast((now) =>
          now.about === about ? { about, pending: now.pending - 1, error: error ?? now.error } : now,
        )
      setLast((now) => ({ about, pending: now.about === about ? now.pending + 1 : 1, error: null }))
      done.then(
        () => end(null),
        (error: unknown) => {
          const isExpected = isFailure(error)
          end(isExpected ? error : null)
          // A bug, which nobody shows: left to be reported.
          if (!isExpected) throw error
        },
      )
      return done
    },
    [intentions, latest, isFailure, about],
  )
  const { pending, error } = last.about === about ? last : { pending: 0, error: null }
  return { run, isPending: pending > 0, error }
}

/** The newest of a value that may be another at each render. */
function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return latest
}
