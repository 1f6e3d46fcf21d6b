import { type PushName, type PushOf, pushes } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import type { Connection } from './connection.ts'

/** Every push of the contract as a method that takes a listener; its answer ends the listening. */
export type PushMethods = { readonly [K in PushName]: (listener: (data: PushOf<K>) => void) => () => void }

export function createPushes({ socket }: Connection): PushMethods {
  const names = Object.keys(pushes) as PushName[]
  const methods = names.map((name) => {
    const schema: z.core.$ZodType = pushes[name]
    return [
      name,
      (listener: (data: unknown) => void) => {
        // What breaks the contract comes from a server that is newer than the client can be, and is ignored.
        const read = (data: unknown): void => {
          const parsed = z.safeParse(schema, data)
          if (parsed.success) listener(parsed.data)
        }
        socket.on(name as string, read)
        return () => void socket.off(name as string, read)
      },
    ]
  })
  // Made from the contract's own names.
  return Object.fromEntries(methods) as PushMethods
}
