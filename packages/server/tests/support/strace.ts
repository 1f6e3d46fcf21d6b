import { onTestFinished, type TestContext } from 'vitest'
import { type Fault, putOnBadDisk, tracingProblem } from './bad-disk.ts'

export { delayMs } from './bad-disk.ts'

const known = tracingProblem()

/** Skips the test, with the reason, if processes cannot be traced; with CI=true the test fails instead. */
export async function needStrace({ skip }: Pick<TestContext, 'skip'>): Promise<void> {
  const why = await known
  if (why === undefined) return
  const text = `needs strace (apt-get install strace) and the right to trace: ${why}`
  if (process.env.CI) throw new Error(text)
  console.warn(`Skipped: ${text}`)
  skip(text)
}

/** Gives a running process a bad disk until the test ends, or until the answer is called. */
export async function breakDisk(pid: number, fault: Fault): Promise<() => Promise<void>> {
  const detach = await putOnBadDisk(pid, fault)
  onTestFinished(detach)
  return detach
}
