import { AssertionError, deepStrictEqual } from 'node:assert'

/** Throws where `actual` is not `expected`, and says which rule that breaks, and how. */
export function same(actual: unknown, expected: unknown, rule: string): void {
  try {
    deepStrictEqual(actual, expected)
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error
    const message = `${rule}. ${error.message}`
    throw new AssertionError({ message, actual, expected, operator: 'deepStrictEqual', stackStartFn: same })
  }
}

/** Throws where the condition is false; `how` tells what was there instead. */
export function holds(condition: boolean, rule: string, how?: unknown): asserts condition {
  if (condition) return
  const message = how === undefined ? rule : `${rule}. Found: ${JSON.stringify(how)}`
  throw new AssertionError({ message, actual: how, stackStartFn: holds })
}
