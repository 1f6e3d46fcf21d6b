/**
 * Waits for what begins a call, but not any longer than the call lasts: a prompt may stay open, and a server may not answer.
 * Resolves when either is over; rejects if the work fails first.
 */
export async function untilOver(over: AbortSignal, work: Promise<void>): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (over.aborted) resolve()
    else over.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([work, ended])
}
