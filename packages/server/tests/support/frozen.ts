import { setImmediate as turn } from 'node:timers/promises'

const deadlineMs = 20_000

/** Waits for what is under way while fake timers stand still, which `expect.poll` and `vi.waitFor` move on. `Date` has to be real. */
export async function untilFrozen(isSo: () => boolean): Promise<void> {
  const began = Date.now()
  while (!isSo() && Date.now() - began < deadlineMs) await turn()
}
