import { type PushName, pushes } from '@dowellchat/protocol'
import type { Socket } from 'socket.io-client'
import * as z from 'zod/mini'
import type { Connection } from '../connection/connection.ts'
import type { PushOf } from '../entities.ts'
import { receiving } from './receiving.ts'

/** Every push of the contract as a method that takes a listener; its answer unsubscribes the listener. */
export type PushMethods = { readonly [K in PushName]: (listener: (data: PushOf<K>) => void) => () => void }

export function createPushes({ socket }: Connection): PushMethods {
  const names = Object.keys(pushes) as PushName[]
  // Built from the contract's own names.
  return Object.fromEntries(names.map((name) => [name, createPush(socket, name)])) as PushMethods
}

/** Validates each frame once for all listeners. Listens to the socket only while there are listeners. */
function createPush(socket: Socket, name: PushName) {
  const listeners = new Set<(data: unknown) => void>()

  function read(data: unknown): void {
    const parsed = z.safeParse(receiving(pushes[name]), data)
    // Only a server of another version sends frames that break the contract: ignore them.
    if (parsed.success) for (const listener of [...listeners]) listener(parsed.data)
  }

  return (listener: (data: unknown) => void) => {
    // A new function, so that the same listener can be subscribed twice.
    const call = (data: unknown): void => listener(data)
    if (listeners.size === 0) socket.on(name as string, read)
    listeners.add(call)
    return () => {
      if (listeners.delete(call) && listeners.size === 0) socket.off(name as string, read)
    }
  }
}
