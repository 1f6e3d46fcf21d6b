import { setImmediate as turn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** Counts the turns of the event loop until the test ends. */
export function countTurns(): () => number {
  let turns = 0
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  const count = async () => {
    for (; !isOver; turns += 1) await turn()
  }
  void count()
  return () => turns
}
