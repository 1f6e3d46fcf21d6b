import { onTestFinished, vi } from 'vitest'

/**
 * Stops the clock by which budgets and limits of attempts fill up again: a slow machine gets nothing back meanwhile. Timers run on.
 * @returns lets it go on, which the end of the test does too
 */
export function stopClock(): () => void {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
  const goOn = (): void => void clock.mockRestore()
  onTestFinished(goOn)
  return goOn
}
