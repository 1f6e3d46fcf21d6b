import type { RequestName } from '@dowellchat/protocol'
import { ownError } from '../errors.ts'

/** Code that a page loads when it first needs it. */
export interface Loader<Code> {
  /**
   * Rejects with a `RequestError` (`unavailable`) if its file cannot be fetched, and tries again when it is called again.
   * @param request is what could not be done without it
   */
  readonly load: (request: RequestName) => Promise<Code>
  /** The code; undefined until it is loaded. */
  readonly now: () => Code | undefined
}

export function createLoader<Code>(fetch: () => Promise<Code>): Loader<Code> {
  let code: Code | undefined
  let loading: Promise<Code> | undefined

  return {
    now: () => code,
    async load(request) {
      loading ??= fetch()
      try {
        code = await loading
        return code
      } catch {
        loading = undefined
        throw ownError(request, 'unavailable', `The code for ${request} could not be loaded`)
      }
    },
  }
}
