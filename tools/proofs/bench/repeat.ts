import type { Work } from './measure.ts'

/** Does something `count` times, so many `atOnce`, and notes how long each took. */
export async function repeat(
  count: number,
  step: (n: number) => Promise<unknown>,
  atOnce = 1,
): Promise<Work> {
  const latenciesMs = new Float64Array(count)
  let started = 0
  async function lane(): Promise<void> {
    while (started < count) {
      const n = started
      started += 1
      const start = performance.now()
      await step(n)
      latenciesMs[n] = performance.now() - start
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return { units: count, latenciesMs }
}
