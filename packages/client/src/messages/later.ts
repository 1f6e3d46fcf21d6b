import { ownError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import type { MessageActions, Reading } from './live-stream.ts'
import type { StreamCore } from './stream-core.ts'
import type { StreamState } from './stream-state.ts'

/** What of a stream is not needed for its first messages: it is loaded once they are there, or when it is first used. */
export interface LaterPart extends MessageActions, Reading {
  /** The stream has become current. */
  readonly onLive: () => void
  /** Nobody holds the stream any more. */
  readonly onClose: () => void
  /** The user has written something. */
  readonly onSend: () => void
  /** What it adds to the state, after the messages have changed. */
  readonly changes: () => Pick<StreamState, 'firstUnread' | 'unread' | 'hasOlder'>
  /** How many of the newest messages are kept. */
  readonly most: () => number
}

type Method = keyof MessageActions | keyof Reading
const methods: readonly Method[] = [
  ...(['edit', 'remove', 'react', 'unreact', 'pin', 'unpin'] as const),
  ...(['loadOlder', 'loadNewer', 'jumpTo', 'trim', 'markRead', 'markUnread'] as const),
]

/** The part of one stream, which may not be loaded yet. */
export interface Later {
  /** Methods that wait until the part is loaded. They run in the order of their calls. */
  readonly methods: Pick<LaterPart, Method>
  /** The part; undefined while it is not loaded. */
  readonly get: () => LaterPart | undefined
  /** Loads it; rejects with `unavailable` if its file cannot be fetched, and tries again when it is called again. */
  readonly load: () => Promise<LaterPart>
}

export function createLater(core: StreamCore): Later {
  let part: LaterPart | undefined
  let loading: Promise<LaterPart> | undefined

  function load(): Promise<LaterPart> {
    loading ??= import('./later-part.ts').then(
      ({ createLaterPart }) => {
        part = createLaterPart(core)
        return part
      },
      () => {
        loading = undefined
        throw ownError('get_messages', 'unavailable', 'The code for this could not be loaded')
      },
    )
    return loading
  }

  const method =
    (name: Method) =>
    (...args: unknown[]): unknown => {
      const run = (loaded: LaterPart): unknown => (loaded[name] as (...args: unknown[]) => unknown)(...args)
      return part ? run(part) : ignorable(load().then(run))
    }

  return {
    // Built from the names of the part's own methods.
    methods: Object.fromEntries(methods.map((name) => [name, method(name)])) as unknown as Later['methods'],
    get: () => part,
    load,
  }
}
