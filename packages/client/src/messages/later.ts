import { ownError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import type { Drafting, MessageActions, Reading } from './live-stream.ts'
import type { LaterPart, StreamCore } from './stream-core.ts'

type Method = keyof MessageActions | keyof Reading | keyof Drafting
const methods: readonly Method[] = [
  ...(['edit', 'remove', 'react', 'unreact', 'pin', 'unpin'] as const),
  ...(['loadOlder', 'loadNewer', 'jumpTo', 'trim', 'markRead', 'markUnread', 'stopDraft'] as const),
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
    loading ??= import('../later-things.ts').then(
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
