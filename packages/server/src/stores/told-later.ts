import { isUnavailable } from './is-unavailable.ts'

/**
 * Waits for a call of a store whose answer others must be told. An answer that comes only after the call was refused for being late
 * goes to `tell`.
 */
export async function toldLater<Answer>(
  call: Promise<Answer>,
  tell: (answer: Answer) => unknown,
): Promise<Answer> {
  try {
    return await call
  } catch (error) {
    const later = laterOf<Answer>(error)
    // A call that has failed in the end has nothing to tell.
    if (later) toldLater(later, tell).then(tell, () => undefined)
    throw error
  }
}

function laterOf<Answer>(error: unknown): Promise<Answer> | undefined {
  // The answer of the same call.
  return isUnavailable(error) ? (error as { later?: Promise<Answer> }).later : undefined
}
