import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers a request; calls `next` if the request is not for it. */
export type Route = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/** The path of a request's `url`, without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}
