import type { Topic } from '../entities.ts'
import type { Cached } from '../live/cache.ts'
import { createHolders } from '../live/holders.ts'
import type { ListState, LiveList } from '../live/live-list.ts'
import type { LiveThing, ThingState } from '../live/live-thing.ts'
import { createSource, readOnly } from '../live/observable.ts'
import { together } from '../live/stops.ts'
import type { Queue } from './queue-state.ts'

type Queues = ReadonlyMap<string, Queue>

/** Of so many topics it is asked how long one would wait. */
const mostAsked = 50
/** What changes within this time is shown together: each topic is asked for by itself, at first and after a reconnect. */
const togetherMs = 50
const none: Queues = new Map()

/** How long one would wait for each topic, by their names. Those that are not known yet are left out. */
export function createTopicQueues(
  list: LiveList<Topic>,
  queueOf: (name: string) => LiveThing<Queue>,
): LiveThing<Queues> & Cached {
  const state = createSource<ThingState<Queues>>({
    status: 'loading',
    sync: 'offline',
    data: null,
    error: null,
  })
  const holders = createHolders({ open, close: () => close() })
  /** What is followed, by the topics' names. */
  const followed = new Map<string, { readonly queue: LiveThing<Queue>; readonly stop: () => void }>()
  let close = (): void => {}
  let timer: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    const stop = together(list.subscribe(look), list.retain())
    close = () => {
      stop()
      clearTimeout(timer)
      timer = undefined
      for (const name of [...followed.keys()]) unfollow(name)
      state.set({ ...state.getSnapshot(), sync: 'offline' })
    }
    look()
  }

  function unfollow(name: string): void {
    followed.get(name)?.stop()
    followed.delete(name)
  }

  function look(): void {
    const names = list
      .getSnapshot()
      .items.slice(0, mostAsked)
      .map((topic) => topic.name)
    for (const name of [...followed.keys()]) if (!names.includes(name)) unfollow(name)
    for (const name of names) {
      if (followed.has(name)) continue
      const queue = queueOf(name)
      followed.set(name, { queue, stop: together(queue.subscribe(soon), queue.retain()) })
    }
    show()
  }

  function soon(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      show()
    }, togetherMs)
  }

  function show(): void {
    const before = state.getSnapshot()
    const data = same(before.data ?? none, new Map([...followed].flatMap(known)))
    const next = stateOf(list.getSnapshot(), data)
    const keys = Object.keys(next) as (keyof typeof next)[]
    if (keys.some((key) => next[key] !== before[key])) state.set(next)
  }

  return {
    ...readOnly(state),
    retain: holders.retain,
    isIdle: () => !holders.isOpen(),
    async reload() {
      await Promise.all(
        [list, ...[...followed.values()].map(({ queue }) => queue)].map((one) => one.reload()),
      )
      show()
    },
  }
}

function known([name, { queue }]: [string, { readonly queue: LiveThing<Queue> }]): [string, Queue][] {
  const { data } = queue.getSnapshot()
  return data ? [[name, data]] : []
}

function same(before: Queues, now: Queues): Queues {
  return before.size === now.size && [...now].every(([name, queue]) => before.get(name) === queue)
    ? before
    : now
}

/** As the list of topics is. */
function stateOf({ status, sync, error }: ListState<Topic>, data: Queues): ThingState<Queues> {
  if (status === 'ready') return { status, sync, data, error }
  return status === 'loading' ? { status, sync, data: null, error } : { status, sync, data: null, error }
}
