import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers a request; calls `next` if the request is not for it. */
export type Route = (request: IncomingMessage, response: ServerResponse, next: () => void) => void
