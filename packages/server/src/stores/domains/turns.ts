import type { StreamKey } from './streams.ts'

/**
 * Servers that append to one stream at the same time take turns, rather than meet at every place. Only for speed: order and
 * completeness are up to `append`.
 */
export interface AppendTurns {
  /** Resolves when it is this server's turn to append; undefined where that is now. What comes meanwhile joins the append. */
  wait(key: StreamKey): Promise<void> | undefined
}
