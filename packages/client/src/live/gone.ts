import { isRequestError, type RequestError } from '../errors.ts'

/** Whether a failure says that there is nothing, or nothing any more, that the user may see. */
function isGone(error: unknown): error is RequestError {
  return isRequestError(error) && (error.code === 'not_found' || error.code === 'forbidden')
}

/** What a request answers, or why there is nothing to answer: that is an answer too. Other failures stay failures. */
export async function orGone<T>(answer: Promise<T>): Promise<T | RequestError> {
  try {
    return await answer
  } catch (error) {
    if (isGone(error)) return error
    throw error
  }
}
