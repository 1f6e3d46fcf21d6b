import { describeProblem, type Session } from '@dowellchat/protocol'
import {
  type V2Def,
  V2Failed,
  type V2Frame,
  v2LiveMessage,
  v2Notices,
  v2Pushes,
  v2Requests,
  v2Welcome,
} from '@dowellchat/protocol/v2'
import { v7 as uuid } from 'uuid'
import * as z from 'zod/mini'
import { socketRoom, streamAddress } from '../../delivery/audience.ts'
import { Encoded } from '../../delivery/encoded.ts'
import { RequestError } from '../../errors.ts'
import { hasIdentity } from '../../identity/authenticate.ts'
import type { Workspaces } from '../../identity/workspaces.ts'
import type { CallStore } from '../../stores/store.ts'
import type { ChatIo, ChatSocket } from '../socket.ts'
import { type Dialect, payloadOf, type ReadRequest, refuseOtherWorkspace } from './dialect.ts'

// Which row belongs to which event is checked in the protocol; a map, because an event may be called `__proto__`.
const rows = new Map<unknown, V2Def<never>>(Object.entries(v2Requests) as [string, V2Def<never>][])
const conversions = new Map<string, (data: never) => V2Frame | undefined>(
  Object.entries({ ...v2Notices, ...v2Pushes }) as [string, (data: never) => V2Frame | undefined][],
)

/** The dialect of V2's plain socket.io clients. `openCalls` keeps the order of a socket's requests. */
export function v2Dialect(io: ChatIo, workspaces: Workspaces, openCalls: CallStore['listOpen']): Dialect {
  function subscribe(socket: ChatSocket, session: Session, to: { stream: string } | 'announcements'): void {
    const { workspace_id } = session
    if (!socket.connected || (to === 'announcements' && session.role === 'customer')) return
    const address =
      to === 'announcements'
        ? ({ kind: 'agents', workspace_id } as const)
        : streamAddress({ workspace_id, stream: to.stream })
    void socket.join(socketRoom('v2', address))
  }

  return {
    greet(socket) {
      for (const frame of v2Welcome(socket.id)) send(socket, frame)
    },

    welcome(socket) {
      const { session } = socket.data
      if (hasIdentity(session)) void socket.join(socketRoom('v2', { kind: 'user', ...session }))
    },

    read(socket, event, args) {
      const row = rows.get(event)
      if (!row) throw new RequestError('unknown_event', 'There is no such request')
      const sent = payloadOf(args)
      if (hasIdentity(socket.data.session)) refuseOtherWorkspace(sent, socket.data.session)
      const parsed = z.safeParse(row.payload, sent)
      if (!parsed.success) throw new RequestError('invalid_payload', describeProblem(parsed.error, sent))
      const payload = parsed.data
      const session = sessionOf(row, payload, socket, workspaces)
      const cid = uuid()
      const findCall = row.call?.bind(row)
      const canonical = findCall
        ? async () => {
            const call = findCall(payload, await openCalls(session.workspace_id, session), session)
            if (!call) throw new RequestError('not_found', 'There is no such call')
            return row.toCurrent(payload, { cid, callId: call._id })
          }
        : row.toCurrent(payload, { cid, callId: '' })
      return request(socket, event, row, canonical, session)
    },

    fail(socket, event, { data }) {
      const row = rows.get(event)
      if (row) socket.emit(row.event, { data, status: 'failure', operation: row.operation })
    },

    push({ addresses, except }, fact, data) {
      const frame = conversions.get(fact)?.(data as never)
      // socket.io takes no rooms for all.
      if (!frame || addresses.length === 0) return
      const [event, ...content] = frame
      const rooms = addresses.map((address) => socketRoom('v2', address))
      io.to(rooms)
        .except(except ?? [])
        .emit(event, ...content)
    },

    broadcast(key, _epoch, entries) {
      const room = socketRoom('v2', streamAddress(key))
      if (!io.of('/').adapter.rooms.has(room)) return
      for (const { message, sid } of entries) {
        const [event, ...content] = v2LiveMessage(message, key.workspace_id, sid ?? '')
        io.local.to(room).emit(event, ...content)
      }
    },
  }

  function request(
    socket: ChatSocket,
    event: unknown,
    row: V2Def<never>,
    payload: unknown,
    session: Session,
  ): ReadRequest {
    return {
      name: event as ReadRequest['name'],
      payload,
      session,
      ...(row.subscribes && {
        subscribe: (data) => {
          const to = row.subscribes?.(payload as never, valueIn(data) as never)
          if (to) subscribe(socket, session, to)
        },
      }),
      answer: (data) => answer(socket, row, valueIn(data)),
    }
  }
}

/** Who speaks in this one request: what the payload claims counts beside a valid key, its name where there is none. */
function sessionOf(
  row: V2Def<never>,
  payload: unknown,
  { data: { session } }: ChatSocket,
  workspaces: Workspaces,
): Session {
  const claims = row.claims?.(payload as never) ?? {}
  const name = session.name ?? claims.name ?? null
  if (!row.keyed || hasIdentity(session)) return { ...session, name }
  const { workspace_id, api_key } = payload as {
    workspace_id?: string | number | null
    api_key?: string | null
  }
  // A guest comes in by handshake only, so a payload without a key has the wrong one.
  const workspace = workspaces.enter(String(workspace_id ?? ''), api_key ?? '')
  const user_id = claims.user_id ?? session.user_id
  return { ...session, workspace_id: workspace._id, user_id, role: 'admin', name }
}

function answer(
  socket: ChatSocket,
  { event, operation, fromCurrent, followedBy }: V2Def<never>,
  data: unknown,
): void {
  if (fromCurrent) {
    const converted = fromCurrent(data as never)
    const isFailed = converted instanceof V2Failed
    const envelope = isFailed
      ? { data: converted.text, status: 'failure' }
      : { data: converted, status: 'success' }
    socket.emit(event, { ...envelope, operation })
    if (isFailed) return
  }
  for (const frame of followedBy?.(data as never) ?? []) send(socket, frame)
}

function send(socket: ChatSocket, [event, ...content]: V2Frame): void {
  socket.emit(event, ...content)
}

/** What a handler answered, as an object also where its JSON is made already. */
function valueIn(data: unknown): unknown {
  return data instanceof Encoded ? data.value : data
}
