import { useCallback, useContext, useInsertionEffect, useMemo, useRef, useState } from 'react'
import { RequestError } from '../errors.ts'
import { ChatContext } from './chat-provider.tsx'
import { createIntentions } from './intentions.ts'

/** How an action goes: what the hooks that do something have in common. */
export interface ActionState<Failure = RequestError> {
  /** Whether it is under way. Doing the same again meanwhile sends nothing more, unless something else was begun in between. */
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
  /** Those of the client. */
  readonly intentions: unknown
  readonly pending: number
  readonly error: Failure | null
}

/**
 * Runs an action under one cid until it has succeeded or something else is wanted. The state is cleared when `about` changes;
 * another client begins anew, since it may be another user's.
 */
export function useIntention<Args extends readonly unknown[], Result, Failure>(
  act: (cid: string, ...args: Args) => Promise<Result>,
  isFailure: (error: unknown) => error is Failure,
  about?: unknown,
): ActionState<Failure> & { readonly run: (...args: Args) => Promise<Result> } {
  const latest = useLatest(act)
  // Not `useChatClient`: `useAction` works outside of providers, too.
  const client = useContext(ChatContext)
  // biome-ignore lint/correctness/useExhaustiveDependencies: others for another client
  const intentions = useMemo(createIntentions<Args, Result>, [client])
  const none: Progress<Failure> = { about, intentions, pending: 0, error: null }
  const [last, setLast] = useState(none)
  const progress = last.about === about && last.intentions === intentions ? last : none

  const run = useCallback(
    (...args: Args) => {
      const { done, isNew } = intentions.begin(latest.current, args)
      if (!isNew) return done
      const isSame = (now: Progress<Failure>): boolean => now.about === about && now.intentions === intentions
      const end = (error: Failure | null): void =>
        setLast((now) =>
          isSame(now) ? { ...now, pending: now.pending - 1, error: error ?? now.error } : now,
        )
      setLast((now) => ({ about, intentions, pending: isSame(now) ? now.pending + 1 : 1, error: null }))
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
  return { run, isPending: progress.pending > 0, error: progress.error }
}

/** The newest of a value that may be another at each render, in effects of the same render too. */
function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value)
  useInsertionEffect(() => {
    latest.current = value
  })
  return latest
}
