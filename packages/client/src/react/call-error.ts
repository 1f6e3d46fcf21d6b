import { MediaError, RequestError } from '../errors.ts'

/** What calls fail with: the server's refusal, or that of microphone and camera. */
export type CallError = RequestError | MediaError

export function isCallError(error: unknown): error is CallError {
  return error instanceof RequestError || error instanceof MediaError
}
