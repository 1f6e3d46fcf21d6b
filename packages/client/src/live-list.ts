import type { Connection } from './connection.ts'
import { type ConnectionError, isRequestError, type RequestError } from './errors.ts'
import { createHolders } from './holders.ts'
import { createSource, type Observable, readOnly } from './observable.ts'

/** A list (`status`: have we got it) and how current it is (`sync`). Going offline loses nothing. */
export interface ListState<Item> {
  readonly status: 'loading' | 'ready' | 'error'
  readonly sync: 'live' | 'catching_up' | 'offline'
  readonly items: readonly Item[]
  readonly error: RequestError | ConnectionError | null
}

/** A list that is loaded when somebody retains it, and again after every reconnect. */
export interface LiveList<Item> extends Observable<ListState<Item>> {
  /** Loads with the first; the answer lets go. */
  readonly retain: () => () => void
  /** Loads it again; resolves when that has ended, either way. */
  readonly reload: () => Promise<void>
}

/** What a list is made of. */
export interface ListSource<Item> {
  load(): Promise<readonly Item[]>
  /** Listens to what changes the list; the answer ends it. */
  watch?(change: (edit: (items: readonly Item[]) => readonly Item[]) => void): () => void
}

/** A live list, and how its owner changes it without a request. */
export interface EditableList<Item> extends LiveList<Item> {
  readonly edit: (change: (items: readonly Item[]) => readonly Item[]) => void
}

export function createLiveList<Item>(source: ListSource<Item>, connection: Connection): EditableList<Item> {
  const state = createSource<ListState<Item>>({ status: 'loading', sync: 'offline', items: [], error: null })
  const { patch } = state
  const holders = createHolders({ open, close })
  let attempt = 0
  let stopListening: readonly (() => void)[] = []
  /** Changes that come while the list is being loaded, which may not have them yet. */
  let edits: ((items: readonly Item[]) => readonly Item[])[] = []

  async function reload(): Promise<void> {
    attempt += 1
    const own = attempt
    edits = []
    patch({ sync: 'catching_up' })
    try {
      const loaded = await source.load()
      if (own !== attempt) return
      const items = edits.reduce((edited, edit) => edit(edited), loaded)
      patch({ status: 'ready', sync: 'live', items, error: null })
    } catch (error) {
      if (own !== attempt) return
      if (!isRequestError(error)) throw error
      if (connection.socket.connected) fail(error)
      else patch({ sync: 'offline' })
    }
  }

  function fail(error: RequestError | ConnectionError): void {
    const { status } = state.getSnapshot()
    patch({ status: status === 'ready' ? status : 'error', sync: 'offline', error })
  }

  function edit(change: (items: readonly Item[]) => readonly Item[]): void {
    edits.push(change)
    if (state.getSnapshot().status === 'ready') patch({ items: change(state.getSnapshot().items) })
  }

  function open(): void {
    stopListening = [
      connection.watch({
        onUp: () => void reload(),
        onDown: () => patch({ sync: 'offline' }),
        onRefused: fail,
      }),
      source.watch?.(edit) ?? (() => {}),
    ]
  }

  function close(): void {
    attempt += 1
    for (const stop of stopListening) stop()
    stopListening = []
    patch({ sync: 'offline' })
  }

  return { ...readOnly(state), reload, edit, retain: holders.retain }
}
