import type { IncomingMessage, ServerResponse } from 'node:http'
import { describeProblem, type ErrorCode, Name, Role } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { errorBody, RequestError, toRequestError } from '../errors.ts'
import { UserId } from '../identity/token-claims.ts'
import { answerJson } from './answer.ts'
import { readJson } from './body.ts'
import { pathOf, type Route } from './route.ts'

const path = '/demo/token'
const maxBytes = 4 * 1024

/** Who somebody says they are in the demo, where everybody is believed. */
const DemoUser = z.object({
  user_id: UserId,
  name: z.optional(Name),
  role: Role,
})
export type DemoUser = z.infer<typeof DemoUser>

const statuses: Partial<Record<ErrorCode, number>> = { invalid_payload: 400, forbidden: 403, too_large: 413 }

/**
 * `POST /demo/token {user_id, name?, role}` answers `{token}`. It gives anybody who asks a token for anybody, as a
 * team's own back end never would: for trials only.
 */
export function serveDemoTokens(sign: (user: DemoUser) => Promise<string>): Route {
  return (request, response, next) => {
    if (request.method !== 'POST' || pathOf(request.url ?? '') !== path) return next()
    tokenFor(request, sign).then(
      (token) => answer(response, 200, { token }),
      (error: unknown) => refuse(response, toRequestError(error)),
    )
  }
}

async function tokenFor(
  request: IncomingMessage,
  sign: (user: DemoUser) => Promise<string>,
): Promise<string> {
  if (!isSameOrigin(request))
    throw new RequestError('forbidden', 'Only pages that this server serves may ask for a token')
  const body = await readJson(request, maxBytes)
  const user = z.safeParse(DemoUser, body)
  if (!user.success) throw new RequestError('invalid_payload', describeProblem(user.error, body))
  return sign(user.data)
}

/** Browsers say where a POST comes from, and pages cannot change it. Other programs need not say it. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers
  if (site !== undefined) return site === 'same-origin'
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

function refuse(response: ServerResponse, error: RequestError): void {
  answer(response, statuses[error.code] ?? 500, {
    status: 'failure',
    data: error.message,
    error: errorBody(error),
  })
}

function answer(response: ServerResponse, status: number, body: object): void {
  answerJson(response, status, body, { 'cache-control': 'no-store' })
}
