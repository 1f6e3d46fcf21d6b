import { AssertionError, deepStrictEqual } from 'node:assert'

/** Throws unless `actual` equals `expected`; the error names the broken rule and the difference. */
export function expectSame(actual: unknown, expected: unknown, rule: string): void {
  try {
    deepStrictEqual(actual, expected)
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error
    const message = `${rule}. ${error.message}`
    throw new AssertionError({
      message,
      actual,
      expected,
      operator: 'deepStrictEqual',
      stackStartFn: expectSame,
    })
  }
}

/** Throws unless the condition is true; the error names the broken rule and shows what was found. */
export function expectTrue(condition: boolean, rule: string, found?: unknown): asserts condition {
  if (condition) return
  const message = found === undefined ? rule : `${rule}. Found: ${JSON.stringify(found)}`
  throw new AssertionError({ message, actual: found, stackStartFn: expectTrue })
}
