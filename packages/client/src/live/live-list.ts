import type { Wire } from '../requests/wire.ts'
import type { Cached } from './cache.ts'
import { createLive, type LiveState } from './live.ts'
import { createSource, type Observable, readOnly } from './observable.ts'

/** A list, whether it has been loaded (`status`) and whether it is current (`sync`). Going offline loses nothing. */
export type ListState<Item> = LiveState<{ readonly items: readonly Item[] }>

/** A list that is loaded when it is first retained and after every reconnect. */
export interface LiveList<Item> extends Observable<ListState<Item>> {
  /** Keeps the list loaded and current; call the answer to let go. */
  readonly retain: () => () => void
  /** Loads the list again. Resolves when that has ended; `error` in the state says whether it failed. */
  readonly reload: () => Promise<void>
}

/** Computes the next items from the present ones. */
export type Edit<Item> = (items: readonly Item[]) => readonly Item[]

/** Where a list comes from. */
export interface ListSource<Item> {
  load(): Promise<readonly Item[]>
  /** Runs when the list opens and subscribes to its changes; the answer runs when it closes. */
  watch?(change: (edit: Edit<Item>) => void): () => void
}

/** A live list that its owner can change without a request. */
export interface EditableList<Item> extends LiveList<Item>, Cached {
  readonly edit: (edit: Edit<Item>) => void
}

export function createLiveList<Item>(
  { load, watch }: ListSource<Item>,
  { connection }: Wire,
): EditableList<Item> {
  const state = createSource<ListState<Item>>({ status: 'loading', sync: 'offline', items: [], error: null })
  /** Edits since a load began, because its answer may not contain them yet; undefined while none is under way. */
  let edits: Edit<Item>[] | undefined

  const live = createLive<ListState<Item>>(
    {
      state,
      async load(signal) {
        const own: Edit<Item>[] = []
        edits = own
        const end = (): void => {
          if (edits === own) edits = undefined
        }
        signal.addEventListener('abort', end)
        try {
          const loaded = await load()
          return () => {
            end()
            return { items: own.reduce((items, edit) => edit(items), loaded) }
          }
        } catch (error) {
          end()
          throw error
        }
      },
      listen: () => watch?.(edit) ?? (() => {}),
    },
    connection,
  )

  function edit(change: Edit<Item>): void {
    edits?.push(change)
    const { status, items } = state.getSnapshot()
    if (status === 'ready') state.patch({ items: change(items) })
  }

  return {
    ...readOnly(state),
    retain: live.retain,
    isIdle: () => !live.isOpen(),
    edit,
    reload: () => live.run(),
  }
}
