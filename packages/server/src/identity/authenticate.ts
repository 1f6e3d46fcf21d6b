import { describeProblem, Handshake, protocolVersion, type Session } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import * as z from 'zod/mini'
import { RequestError } from '../errors.ts'
import type { DialectName } from './dialect-name.ts'
import type { Workspaces } from './workspaces.ts'

/** Who a socket is and how it speaks, for as long as it is connected. A V2 socket may be nobody: `guest:<socket id>`. */
export interface Identity {
  readonly dialect: DialectName
  readonly session: Session
}

/** The workspace whose guests may claim any role. */
const demoWorkspace = 'demo'
const guestPrefix = 'guest:'

/**
 * Makes an identity of a handshake's `auth`. Fails with `unsupported_protocol` or `unauthenticated`.
 * @param v2Workspace where sockets without an identity live; undefined admits none
 */
export function authenticate(
  auth: unknown,
  socketId: string,
  workspaces: Workspaces,
  v2Workspace: string | undefined,
): Identity {
  const handshake = parseHandshake(auth)
  const dialect = dialectOf(handshake.protocol)
  if (handshake.token !== undefined) {
    throw new RequestError('unauthenticated', 'token: this server does not take tokens yet')
  }
  const device_id = dialect === 'v2' ? socketId : (handshake.device_id ?? uuid())
  const isNobody = handshake.user_id === undefined && handshake.api_key === undefined
  if (isNobody && dialect === 'v2' && handshake.workspace_id === undefined && v2Workspace !== undefined) {
    const user_id = `${guestPrefix}${socketId}`
    const session: Session = { workspace_id: v2Workspace, user_id, role: 'customer', name: null, device_id }
    return { dialect, session }
  }
  return { dialect, session: sessionOf(handshake, device_id, workspaces, v2Workspace) }
}

/** Whether a session is somebody's; a V2 socket without an identity is a device that speaks for itself. */
export function hasIdentity({ user_id, device_id }: Session): boolean {
  return user_id !== `${guestPrefix}${device_id}`
}

function parseHandshake(auth: unknown): Handshake {
  const parsed = z.safeParse(Handshake, auth ?? {})
  if (!parsed.success) throw new RequestError('unauthenticated', describeProblem(parsed.error, auth))
  return parsed.data
}

function dialectOf(protocol: unknown): DialectName {
  if (protocol === undefined) return 'v2'
  if (protocol === protocolVersion) return 'current'
  throw new RequestError('unsupported_protocol', `protocol: this server speaks ${protocolVersion}`)
}

function sessionOf(
  { workspace_id, api_key, user_id, name, role }: Handshake,
  device_id: string,
  workspaces: Workspaces,
  v2Workspace: string | undefined,
): Session {
  if (user_id === undefined) throw new RequestError('unauthenticated', 'user_id: expected text, got nothing')
  if (String(user_id).startsWith(guestPrefix)) {
    throw new RequestError('unauthenticated', `user_id: ${guestPrefix} is for guests without a name`)
  }
  const workspace = workspaces.enter(workspace_id ?? v2Workspace, api_key)
  const isBelieved = api_key !== undefined || workspace._id === demoWorkspace
  return {
    workspace_id: workspace._id,
    user_id: String(user_id),
    role: isBelieved ? (role ?? 'customer') : 'customer',
    name: name ?? null,
    device_id,
  }
}
