import type { ChatStorage } from '../connection/guest-tokens.ts'
import { createKeptBox, type KeptBox, type KeptMessage, readBox, removeBox } from './kept-box.ts'

/** The unsent messages of a user in the storage that the tabs of a browser share. */
export interface KeptQueue extends Pick<KeptBox, 'put' | 'remove' | 'isComplete'> {
  /** Resolves once the messages are taken over that others have left. */
  readonly ready: Promise<void>
  /** Leaves what is kept to the next client of the user. */
  readonly release: () => void
}

export interface KeptQueueOptions {
  readonly storage: ChatStorage
  /** The client's own: names its box. */
  readonly id: string
  /** Begins the keys of everything that is kept; other users have another one. */
  readonly scope: string
  /** What is unsent already. */
  readonly unsent: readonly KeptMessage[]
  /** Takes messages over that a tab has left which is gone, the oldest first. It puts them into the queue. */
  readonly take: (messages: readonly KeptMessage[]) => void
  /** Something was written, or could not be. */
  readonly onWritten: (failure: unknown) => void
}

/**
 * Each client has a box of its own in the storage and holds a lock of its name, which ends with the tab. The newest tab owns the
 * boxes of all that are gone: it waits for their locks. When it goes itself, the next one in line does.
 */
export function openKeptQueue({ storage, id, scope, unsent, take, onWritten }: KeptQueueOptions): KeptQueue {
  const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>
  const nameOf = (box: string): string => `${scope} ${box}`
  const released = new AbortController()
  const { signal } = released
  const box = createKeptBox(storage, nameOf(id), {
    async beforeWrite() {
      await entered
      // Without locks another tab may have taken this box for one that was left, and removed it.
      if (isListed && (locks || (await boxes()).includes(id))) return false
      for (let tries = 0; tries < 3; tries++) {
        await list()
        if (locks || (await boxes()).includes(id)) break
      }
      return true
    },
    onWritten,
  })
  let isListed = false
  let end = (): void => {}

  async function boxes(): Promise<readonly string[]> {
    try {
      const list: unknown = JSON.parse((await storage.get(scope)) ?? '[]')
      return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
    } catch {
      return []
    }
  }

  /** Changes the list of boxes, one tab after the other. */
  async function changeList(edit: (boxes: readonly string[]) => readonly string[]): Promise<void> {
    const change = async (): Promise<void> => {
      const before = await boxes()
      const after = [...new Set(edit(before))]
      if (after.join() === before.join()) return
      await (after.length > 0 ? storage.set(scope, JSON.stringify(after)) : storage.remove(scope))
    }
    await (locks ? locks.request(`${scope} list`, change) : change())
  }

  /** Takes over what a tab has left. It leaves the storage once it is kept here. */
  async function adopt(left: string): Promise<void> {
    if (signal.aborted || !(await boxes()).includes(left)) return
    const found = await readBox(storage, nameOf(left))
    if (signal.aborted) return
    take(found)
    await box.written()
    if (!box.isComplete()) return
    await removeBox(storage, nameOf(left))
    await changeList((all) => all.filter((one) => one !== left))
  }

  const others = async (): Promise<readonly string[]> => (await boxes()).filter((one) => one !== id)

  /** Takes over at once what was left already, and the rest when its tabs go. */
  async function own(locks: LockManager, owning: AbortSignal, onFirst: () => void): Promise<void> {
    const all = await others()
    for (const one of all)
      await locks
        .request(nameOf(one), { ifAvailable: true }, (lock) => (lock ? adopt(one) : undefined))
        // What cannot be read holds nothing else up.
        .catch(onWritten)
    onFirst()
    const waits = (await others()).map((one) =>
      locks.request(nameOf(one), { signal: owning }, () => adopt(one)).catch(() => undefined),
    )
    await Promise.all(waits)
    await new Promise<void>((resolve) => {
      if (owning.aborted) resolve()
      owning.addEventListener('abort', () => resolve())
    })
  }

  /** Owns what others leave, until a newer tab does; and again once that one is gone. */
  async function follow(locks: LockManager, onFirst: () => void): Promise<void> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const owning = new AbortController()
      const stop = (): void => owning.abort()
      signal.addEventListener('abort', stop)
      const options: LockOptions = isFirst ? { steal: true } : { signal }
      await locks
        .request(`${scope} owner`, options, () => own(locks, owning.signal, onFirst))
        // A newer tab has it, or this one is gone.
        .catch(() => undefined)
      signal.removeEventListener('abort', stop)
      stop()
    }
  }

  /** Holds the lock of the own box, and puts it into the list if the storage takes that. Rejects without a lock. */
  async function enter(): Promise<void> {
    if (locks)
      await new Promise<void>((resolve, reject) => {
        const held = (): Promise<void> => {
          resolve()
          return new Promise((over) => {
            end = over
          })
        }
        locks.request(nameOf(id), held).catch(reject)
      })
    // It is tried again before anything is written.
    await list().catch(() => undefined)
  }

  async function open(): Promise<void> {
    await entered
    if (locks) await new Promise<void>((resolve) => void follow(locks, resolve))
    else for (const one of await others()) await adopt(one).catch(onWritten)
  }

  async function list(): Promise<void> {
    await changeList((all) => [...all, id])
    isListed = true
  }

  const entered = enter()
  // At once, since what is sent or discarded from now on is removed again.
  for (const message of unsent) box.put(message)

  return {
    put: box.put,
    remove: box.remove,
    isComplete: box.isComplete,
    ready: open().catch(onWritten),
    async release() {
      await box.written()
      released.abort()
      if (box.isEmpty()) {
        await removeBox(storage, nameOf(id)).catch(() => undefined)
        await changeList((all) => all.filter((one) => one !== id)).catch(() => undefined)
      }
      end()
    },
  }
}
