import { onTestFinished, vi } from 'vitest'
import { ChatSocket } from '../../connection/socket.ts'

/** Records what every socket of the process emits, and which sockets there are. Changes neither. */
export function spyOnSockets() {
  const emitted = vi.spyOn(ChatSocket.prototype, 'emit')
  const opened = vi.spyOn(ChatSocket.prototype, 'connect')
  onTestFinished(() => {
    emitted.mockRestore()
    opened.mockRestore()
  })
  return {
    /** How often a request was sent. */
    count: (name: string): number => emitted.mock.calls.filter(([event]) => event === name).length,
    /** The sockets that `connect` was called on. */
    get sockets(): readonly ChatSocket[] {
      return [...new Set(opened.mock.contexts as ChatSocket[])]
    },
    /** How many listeners a socket has for each event. */
    listeners: (socket: ChatSocket | undefined): Record<string, number> => {
      const all = [...(socket?.listeners ?? [])].map(([event, { length }]) => [event, length] as const)
      return Object.fromEntries(all.filter(([, count]) => count > 0))
    },
  }
}
