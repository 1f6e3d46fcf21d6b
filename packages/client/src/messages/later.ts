import { ignorable } from '../live/ignorable.ts'
import { laterThings } from '../live/later-code.ts'
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

  function get(): LaterPart | undefined {
    part ??= laterThings.now()?.createLaterPart(core)
    return part
  }

  async function load(): Promise<LaterPart> {
    if (!get()) await laterThings.load('get_messages')
    return get() as LaterPart
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
