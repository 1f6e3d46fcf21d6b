/**
 * Carries what servers say to each other. It promises nothing: a text may be lost, and none is kept anywhere. What may not
 * be lost is in the store; the bus only makes it known sooner.
 */
export interface Bus {
  /** Begins to connect, and calls the listener with every text on the bus, one's own too. Never rejects: it goes on trying. */
  start(listener: (text: string) => void): Promise<void>
  /** Sends a text to every server. Neither waits nor throws: what cannot be sent now is dropped. */
  publish(text: string): void
  /** Whether it is connected, as far as it knows. */
  readonly isConnected: boolean
  stop(): Promise<void>
}
