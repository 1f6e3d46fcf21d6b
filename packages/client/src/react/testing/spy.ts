import { Socket } from 'socket.io-client'
import { onTestFinished, vi } from 'vitest'

/** Records what every socket of the process emits, and which sockets there are. Changes neither. */
export function spyOnSockets() {
  const emitted = vi.spyOn(Socket.prototype, 'emit')
  const opened = vi.spyOn(Socket.prototype, 'connect')
  onTestFinished(() => {
    emitted.mockRestore()
    opened.mockRestore()
  })
  return {
    /** How often a request was sent. */
    count: (name: string): number => emitted.mock.calls.filter(([event]) => event === name).length,
    /** The sockets that `connect` was called on. */
    get sockets(): readonly Socket[] {
      return [...new Set(opened.mock.contexts as Socket[])]
    },
    /** How many listeners a socket has for each event. */
    listeners: (socket: Socket | undefined): Record<string, number> => {
      // socket.io-client lists the listeners of an event, but not the events that have listeners.
      const callbacks = (socket as unknown as { _callbacks?: Record<string, unknown[]> })._callbacks ?? {}
      return Object.fromEntries(Object.entries(callbacks).map(([event, all]) => [event.slice(1), all.length]))
    },
  }
}
