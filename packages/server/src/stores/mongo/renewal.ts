/** Watches whether calls are answered, and renews what they go through once none has been for long. */
export interface Renewal {
  answered(): void
  failed(): void
  /** Renews nothing any more. */
  end(): void
}

/**
 * The driver (7.9) may lose its way for good: where a connection closes while it asks a server how it is, or greets it, it
 * waits for an answer for ever and finds that server never again. A new client finds it.
 * @param afterMs for how long no call may have been answered
 * @param renew rejects where there is nothing to go to yet; it is called again then
 */
export function renewal(afterMs: number, renew: () => Promise<void>): Renewal {
  let failingSince: number | undefined
  let isRenewing = false
  let isOver = false

  async function run(): Promise<void> {
    isRenewing = true
    await renew().catch(() => undefined)
    isRenewing = false
    failingSince = undefined
  }

  return {
    answered() {
      failingSince = undefined
    },
    failed() {
      failingSince ??= performance.now()
      const isLong = performance.now() - failingSince >= afterMs
      if (isLong && !isRenewing && !isOver) void run()
    },
    end() {
      isOver = true
    },
  }
}
