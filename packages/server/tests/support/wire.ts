import type { Bus } from '../../src/nodes/bus.ts'

/** A bus of this process. While `isDown` what is said on it is lost. */
export interface Wire {
  isDown: boolean
  join(): Bus
}

export function wire(): Wire {
  const listeners = new Set<(text: string) => void>()
  const self: Wire = {
    isDown: false,
    join() {
      let own: ((text: string) => void) | undefined
      return {
        async start(listener) {
          own = listener
          listeners.add(listener)
        },
        publish(text) {
          if (!self.isDown) for (const listener of listeners) listener(text)
        },
        get isConnected() {
          return !self.isDown
        },
        async stop() {
          if (own) listeners.delete(own)
        },
      }
    },
  }
  return self
}
