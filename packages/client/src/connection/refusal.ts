import type { ErrorBody } from '../entities.ts'
import { ConnectionError } from '../errors.ts'
import { errorBody } from '../requests/first-contract.ts'
import { read } from '../requests/readers.ts'

/** Why the server refused the handshake; undefined if it did not. */
export function refusalIn(error: Error): ConnectionError | undefined {
  const body = read(errorBody, reasonIn(error as Refused))
  if (!body) return undefined
  const { code, message, retryable, retry_after_ms } = body
  return new ConnectionError(code, message, retryable, { retryAfterMs: retry_after_ms })
}

/** What socket.io says of a connection that failed. */
interface Refused extends Error {
  /** Of a refused handshake. */
  readonly data?: unknown
  /** The request, if the server has answered it with a status of failure. */
  readonly context?: { readonly responseText?: string }
}

function reasonIn({ data, context }: Refused): unknown {
  if (data !== undefined) return data
  try {
    const answer = JSON.parse(context?.responseText ?? '')
    return answer.code === 5 ? tooOld : answer.error
  } catch {
    return undefined
  }
}

const tooOld = { code: 'unsupported_protocol', message: 'The server needs a newer client', retryable: false }

/** Whether a server was asked that does not know the session: another one behind the same address opened it. */
export function isUnknownSession({ context }: Refused): boolean {
  return /"code":1\b/.test(context?.responseText ?? '')
}

/**
 * Whether the server itself has closed the connection, as it does when it stops: not socket.io inside it, no proxy, which names
 * a reason (1001) or none at all (1006), and no broken network.
 */
export function isLetGo(details: unknown): boolean {
  const { description, context } = (details ?? {}) as { description?: unknown; context?: { code?: unknown } }
  return context?.code === 1005 || description === 'transport closed by the server'
}

/** What an `error_response` says where a newer connection of the same device has closed this one. */
export function replacedIn(failure: unknown): ConnectionError | undefined {
  const { error } = (failure ?? {}) as { error?: ErrorBody }
  return error?.code === 'conflict' && error.details === 'replaced'
    ? new ConnectionError(error.code, error.message, false)
    : undefined
}

export const unavailable = (message: string, cause?: unknown): ConnectionError =>
  new ConnectionError('unavailable', message, true, { cause })

export const strayed = (): ConnectionError =>
  unavailable('Requests reach different servers: pass `transports` or use sticky sessions')

export function unreachable(url: string): ConnectionError {
  const advice = /^\w+:\/\/[^/]+\/./.test(url) ? `. ${pathAdvice(url)}` : ''
  return unavailable(`There is no answer from ${url}${advice}`)
}

export function pathAdvice(url: string): string {
  return `Leave the path out of the url ${url}, and pass the path of the server's sockets as \`path\``
}
