import type { Logger } from '../logger.ts'

/**
 * Carries what servers say to each other. It promises nothing: a text may be lost, and none is kept anywhere. What may not
 * be lost is in the store; the bus only makes it known sooner.
 */
export interface Bus {
  /**
   * Connects, and calls the listener with every text on the bus, one's own too. Resolves once it is connected, or has failed
   * to for the first time. Never rejects: it goes on trying, and tells the logger once that it is away, and that it is back.
   */
  start(listener: (text: string) => void, logger: Pick<Logger, 'info' | 'warn' | 'error'>): Promise<void>
  /** Sends a text to every server. Neither waits nor throws: what cannot be sent now is dropped. */
  publish(text: string): void
  /** Whether it is connected, as far as it knows. */
  readonly isConnected: boolean
  stop(): Promise<void>
}
