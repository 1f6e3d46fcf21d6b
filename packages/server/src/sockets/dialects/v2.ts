import { describeProblem, type Handshake } from '@dowellchat/protocol'
import {
  type V2Def,
  V2Failed,
  type V2Frame,
  type V2OpenCall,
  type V2Pushes,
  type V2ReadMarks,
  v2LiveEntry,
  v2Notices,
  v2Pushes,
  v2Requests,
  v2Welcome,
} from '@dowellchat/protocol/v2'
import { v7 as uuid } from 'uuid'
import * as z from 'zod/mini'
import { type Address, streamAddress } from '../../delivery/audience.ts'
import { Encoded } from '../../delivery/encoded.ts'
import type { Facts } from '../../delivery/facts.ts'
import { MarkedMessages } from '../../delivery/marked-messages.ts'
import { RequestError } from '../../errors.ts'
import { anonymousSession, isAnonymous } from '../../identity/anonymous.ts'
import { authenticate, type Ways } from '../../identity/authenticate.ts'
import { type Identity, plainSession } from '../../identity/identity.ts'
import type { KeyProof } from '../../identity/keys.ts'
import { wrongKey } from '../../identity/secrets.ts'
import { keyRooms } from '../key-rooms.ts'
import type { ChatSocket } from '../socket.ts'
import { dropOldestTickets } from '../subscriptions.ts'
import {
  type Dialect,
  type DialectOptions,
  emitTo,
  isAnybodyAt,
  payloadOf,
  type ReadRequest,
  refuseOtherWorkspace,
  roomUnder,
} from './dialect.ts'
import { Pages } from './pages.ts'
import { WrongKeys } from './wrong-keys.ts'

// The protocol checks that each row is under its event. A map, because an event may be called `__proto__`.
const rows = new Map<unknown, V2Def<never>>(Object.entries(v2Requests) as [string, V2Def<never>][])
const frames: V2Pushes<Facts> = { ...v2Notices, ...v2Pushes }
type Conversion = (data: never) => V2Frame | undefined
const conversions = new Map<string, Conversion>(
  Object.entries(frames).flatMap(([fact, toFrame]) => (toFrame ? [[fact, toFrame]] : [])),
)

/** What a V2 socket asks for. */
interface Asked {
  readonly event: unknown
  readonly row: V2Def<never>
  readonly payload: never
  readonly cid: string
}

/** With it V2's pages ask to be let go of. */
const endEvent = 'disconnect_request'

/** Each V2 socket is a device; its room is the one that socket.io creates for every socket. */
function roomOf(address: Address): string {
  return address.kind === 'device' ? address.device_id : roomUnder('v2', address)
}

/** The dialect of V2's plain socket.io clients. */
export function v2Dialect({
  io,
  openCalls,
  refusals,
  audit,
  limits,
  samePage,
  nodes,
  ...ways
}: DialectOptions): Dialect {
  const { defaultWorkspace, keys } = ways
  const pages = samePage ? new Pages(io, nodes) : undefined
  const wrongKeys = new WrongKeys(refusals, audit, ways.workspaces)

  function subscribe(
    socket: ChatSocket,
    { session, credential }: Identity,
    to: { stream: string } | 'announcements',
  ): void {
    const { workspace_id } = session
    if (!socket.connected || (to === 'announcements' && session.role === 'customer')) return
    if (credential.kind === 'page_key' && keys.hasEnded(credential.key_id)) return
    const address =
      to === 'announcements'
        ? ({ kind: 'agents', workspace_id } as const)
        : streamAddress({ workspace_id, stream: to.stream })
    void socket.join([roomOf(address), ...keyRooms(credential, roomOf(address))])
    dropOldestTickets(socket, limits.server.socketStreams)
  }

  return {
    name: 'v2',
    protocol: undefined,
    hasDevices: false,
    leavesForGood: true,
    showsRead: true,
    hearsFacts: false,
    checksReplies: false,
    hearsMinutes: true,
    provesUsers: false,
    roomOf,

    async identify(handshake, socketId) {
      return defaultWorkspace !== undefined && hasNoIdentity(handshake)
        ? { session: anonymousSession(defaultWorkspace, socketId), credential: { kind: 'none' } }
        : authenticate(handshake, socketId, ways)
    },

    addressOf({ id, data: { session } }) {
      return isAnonymous(session) ? id : session.user_id
    },

    greet(socket) {
      for (const frame of v2Welcome(socket.id)) send(socket, frame)
    },

    joinRooms(socket) {
      const { session } = socket.data
      pages?.join(socket)
      if (!isAnonymous(session)) void socket.join(roomOf({ kind: 'user', ...session }))
      socket.once(endEvent, () => socket.disconnect(true))
    },

    read(socket, event, args) {
      const known = rows.get(event)
      if (!known) throw new RequestError('unknown_event', 'There is no such request')
      const sent = payloadOf(args)
      if (!isAnonymous(socket.data.session)) refuseOtherWorkspace(sent, socket.data.session)
      const parsed = z.safeParse(known.payload, sent)
      if (!parsed.success)
        throw new RequestError(
          'invalid_payload',
          known.explain?.(sent) ?? describeProblem(parsed.error, sent),
        )
      const payload = parsed.data
      const row = known.instead?.(payload as never) ?? known
      const identity = identityOf(row, payload, socket, ways, wrongKeys)
      const toRequest = (known: Identity) => {
        const asked = { event, row, payload: payload as never, cid: uuid() }
        const read = request(socket, asked, known, '')
        return row.call ? { ...read, complete: () => callRequest(socket, asked, known) } : read
      }
      return identity instanceof Promise ? identity.then(toRequest) : toRequest(identity)
    },

    // A page with an old key, or with none yet, asks again and again, also while its address has guessed too often.
    mistakes: {
      limit: 'invalidRequestsV2',
      codes: new Set(['invalid_payload', 'unauthenticated', 'rate_limited']),
    },

    knowsRequest(event) {
      return rows.has(event)
    },

    sendEnd(socket, { data, operation }) {
      socket.emit('error_response', { data, status: 'failure', operation })
    },

    sendFailure(socket, event, { data, error }) {
      const row = rows.get(event)
      if (!row) return
      const { operation, whenMissing } = row
      if (whenMissing && error.code === 'not_found')
        socket.emit(row.event, { data: whenMissing(), status: 'success', operation })
      else socket.emit(row.failureEvent?.(data) ?? row.event, { data, status: 'failure', operation })
    },

    knows(fact) {
      return conversions.has(fact)
    },

    push(to, fact, data) {
      const convert = conversions.get(fact)
      const frame = convert && isAnybodyAt(io, roomOf, to.addresses) && convert(data as never)
      if (!frame) return
      const [event, ...content] = frame
      emitTo(io, roomOf, to, event, ...content)
    },

    broadcast(key, _epoch, entries) {
      const room = roomOf(streamAddress(key))
      const sockets = io.of('/').adapter.rooms.get(room)
      if (!sockets) return 0
      for (const { entry, sid } of entries) {
        const frame = v2LiveEntry(entry, key.workspace_id, sid ?? '')
        if (!frame) continue
        const [event, ...content] = frame
        io.local.to(room).emit(event, ...content)
      }
      return sockets.size
    },
  }

  /** A request about one of the socket's open calls. */
  async function callRequest(socket: ChatSocket, asked: Asked, identity: Identity): Promise<ReadRequest> {
    const { row, payload } = asked
    const { session } = identity
    const call = row.call?.(payload, await openCalls(session.workspace_id, session), session)
    if (call) return request(socket, asked, identity, call._id)
    const answered = pages && (await ringingOnPage(pages, socket, asked))
    if (!answered) throw new RequestError('not_found', 'There is no such call')
    return request(socket, asked, answered.device, answered.call._id)
  }

  /** The one call that rings at another socket of the same page, from the caller whom the payload names. */
  async function ringingOnPage(
    pages: Pages,
    socket: ChatSocket,
    { row, payload }: Asked,
  ): Promise<{ readonly call: V2OpenCall; readonly device: Identity } | undefined> {
    const caller = row.caller?.(payload)
    if (caller === undefined) return undefined
    const ringing: { readonly call: V2OpenCall; readonly device: Identity }[] = []
    for (const id of await pages.othersOf(socket)) {
      const session = anonymousSession(socket.data.session.workspace_id, id)
      const device: Identity = { session, credential: { kind: 'none' } }
      for (const call of await openCalls(session.workspace_id, session))
        if (call.state === 'ringing' && call.caller.device_id === caller) ringing.push({ call, device })
    }
    return ringing.length === 1 ? ringing[0] : undefined
  }

  function request(
    socket: ChatSocket,
    { event, row, payload, cid }: Asked,
    identity: Identity,
    callId: string,
  ): ReadRequest {
    const { session } = identity
    const canonical = row.toCurrent(payload, { cid, callId })
    return {
      name: (row.request ?? event) as ReadRequest['name'],
      payload: canonical,
      ...identity,
      ...(row.subscribes && {
        subscribe(data, follow) {
          const to = row.subscribes?.(canonical as never, valueIn(data) as never)
          if (!to) return
          const { workspace_id } = session
          const following = to === 'announcements' ? undefined : follow({ workspace_id, stream: to.stream })
          if (!following) return subscribe(socket, identity, to)
          // What was asked for is done, whether the stream can be read now or not.
          return following.catch(() => undefined).then(() => subscribe(socket, identity, to))
        },
      }),
      answer: (data) => answer(socket, { row, payload }, valueIn(data), marksIn(data)),
    }
  }
}

/** Whether a handshake names neither a user nor a workspace and has no credentials. */
function hasNoIdentity({ token, workspace_id, api_key, user_id }: Handshake): boolean {
  return [token, workspace_id, api_key, user_id].every((field) => field === undefined)
}

/** Who sends this one request. The payload may claim a user id with a valid key, and a name if the socket has none. */
function identityOf(
  row: V2Def<never>,
  payload: unknown,
  socket: ChatSocket,
  { keys, workspaces }: Ways,
  wrongKeys: WrongKeys,
): Identity | Promise<Identity> {
  const { session, credential } = socket.data
  const claims = row.claims?.(payload as never) ?? {}
  const name = session.name ?? claims.name ?? null
  if (!row.keyed || !isAnonymous(session)) return { session: { ...session, name }, credential }
  const sent = payload as { workspace_id?: string | number | null; api_key?: string | null }
  const workspace_id = String(sent.workspace_id ?? '')
  const key = sent.api_key ?? ''
  const user_id = claims.user_id ?? session.user_id
  const toIdentity = (proof: KeyProof | undefined): Identity => {
    if (!proof) {
      wrongKeys.count(socket, workspace_id, key)
      throw wrongKey()
    }
    workspaces.expectOrigin(workspace_id, socket.handshake.headers.origin)
    const who = { workspace_id, user_id, role: 'admin', name, device_id: session.device_id } as const
    return { session: plainSession(who), credential: { kind: 'page_key', key_id: proof.key_id } }
  }
  wrongKeys.expectFew(socket, key)
  const found = keys.find('page', workspace_id, key)
  return found instanceof Promise ? found.then(toIdentity) : toIdentity(found)
}

function answer(
  socket: ChatSocket,
  { row, payload }: Pick<Asked, 'row' | 'payload'>,
  data: unknown,
  marks: V2ReadMarks | undefined,
): void {
  const { event, operation, fromCurrent, followedBy } = row
  if (fromCurrent || row.present) {
    const converted = fromCurrent ? fromCurrent(data as never, marks) : row.present?.(data as never, payload)
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

/** How far the sides of a ticket have read, where an answer says so. */
function marksIn(data: unknown): V2ReadMarks | undefined {
  return data instanceof MarkedMessages ? data.marks : undefined
}

/** A handler's answer as a value, parsed if it is JSON text already. */
function valueIn(data: unknown): unknown {
  return data instanceof Encoded ? data.value : data
}
