import { describeProblem, Handshake, type Session } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { RequestError } from '../errors.ts'
import { anonymousPrefix } from './anonymous.ts'
import type { Workspaces } from './workspaces.ts'

/** The workspace whose guests may claim any role. */
const demoWorkspace = 'demo'

/** Parses a handshake's `auth`. Fails with `unauthenticated`. */
export function readHandshake(auth: unknown): Handshake {
  const parsed = z.safeParse(Handshake, auth ?? {})
  if (!parsed.success) throw new RequestError('unauthenticated', describeProblem(parsed.error, auth))
  return parsed.data
}

/**
 * The session of a handshake that names a user. Fails with `unauthenticated`.
 * @param defaultWorkspace the workspace of a handshake that names none
 */
export function authenticate(
  { token, workspace_id, api_key, user_id, name, role }: Handshake,
  device_id: string,
  workspaces: Workspaces,
  defaultWorkspace: string | undefined,
): Session {
  if (token !== undefined)
    throw new RequestError('unauthenticated', 'token: this server does not take tokens yet')
  if (user_id === undefined) throw new RequestError('unauthenticated', 'user_id: expected text, got nothing')
  if (String(user_id).startsWith(anonymousPrefix)) {
    throw new RequestError('unauthenticated', `user_id: ${anonymousPrefix} is for guests without a name`)
  }
  const workspace = workspaces.enter(workspace_id ?? defaultWorkspace, api_key)
  const isBelieved = api_key !== undefined || workspace._id === demoWorkspace
  return {
    workspace_id: workspace._id,
    user_id: String(user_id),
    role: isBelieved ? (role ?? 'customer') : 'customer',
    name: name ?? null,
    device_id,
  }
}
