import { retryTimeout } from '../../connection/retry-timeout.ts'
import type { PushOf } from '../../entities.ts'
import { MediaError, type RequestError } from '../../errors.ts'
import type { Source } from '../../live/observable.ts'
import type { RequestMethods } from '../../requests/request.ts'
import { uuid } from '../../uuid.ts'
import { type Call, type CallsState, type IncomingCall, newCall } from '../call.ts'
import type { LocalMediaState } from '../local-media.ts'
import { createDevices, type Devices } from './devices.ts'
import { createPeer, type Peer } from './peer.ts'

export interface CallContext {
  readonly state: Source<CallsState>
  readonly media: Source<LocalMediaState>
  readonly request: RequestMethods
  readonly iceServers: () => readonly RTCIceServer[]
}

/** The part of calls that is loaded on demand, for the first call. */
export interface CallEngine {
  readonly devices: Devices
  /** Takes a `starting` call until it rings or has ended. */
  readonly ring: (call: Call, video: boolean, ticketId?: string) => Promise<void>
  /** Answers a call, which becomes the current one. Resolves to false if it ended before that. */
  readonly answer: (incoming: IncomingCall, offer: unknown, video: boolean) => Promise<boolean>
  readonly stopAnswering: (callId: string) => void
  readonly hangUp: () => Promise<void>
  /** Ends the call here, without a request. */
  readonly lose: () => void
  /** The connection to the server is lost. True if the call goes on without it: sound and picture do not need it. */
  readonly onDown: () => boolean
  /** The connection is back: a call that went on without it ends if the server does not say soon that it knows the call. */
  readonly onUp: () => void
  readonly onState: (push: PushOf<'callState'>) => void
  readonly onSignal: (push: PushOf<'callSignal'>) => void
  readonly onEnd: (push: PushOf<'callEnded'>) => void
}

/** The call that uses microphone and camera. */
interface Session {
  call: Call
  /** Whether it is the current call: an outgoing one at once, an incoming one once it is answered. */
  isShown: boolean
  isOver: boolean
  peer?: Peer
  /** What to do with pushes that arrived before the answer that names the call. */
  readonly early: (() => void)[]
  /** Whether the server may have ended it meanwhile. */
  isUnconfirmed?: boolean
  confirming?: ReturnType<typeof setTimeout>
}

/** How long the server may take to say that it knows a call, from the connection on. */
const confirmMs = 5_000

export function createCallEngine({ state, media, request, iceServers }: CallContext): CallEngine {
  let session: Session | undefined
  const devices = createDevices(media, () => session !== undefined)
  media.subscribe(() => session?.peer?.send(media.getSnapshot()))

  function begin(call: Call, isShown: boolean): Session {
    void hangUp().catch(() => undefined)
    session = { call, isShown, isOver: false, early: [] }
    globalThis.addEventListener?.('pagehide', leave)
    return session
  }

  /** The other party hears at once that a page is closed, rather than when its device does not come back. */
  function leave(): void {
    void hangUp().catch(() => undefined)
  }

  function update(own: Session, changes: Partial<Call>): void {
    own.call = { ...own.call, ...changes }
    if (own.isShown) state.patch({ current: own.call })
  }

  function end(own: Session, changes: Pick<Partial<Call>, 'reason' | 'error'> = {}): void {
    if (own.isOver) return
    own.isOver = true
    session = undefined
    clearTimeout(own.confirming)
    globalThis.removeEventListener?.('pagehide', leave)
    own.peer?.close()
    devices.release()
    // A call that could not be answered keeps ringing, unless it has ended for everybody.
    if (changes.reason) own.isShown = true
    update(own, { status: 'ended', remote: null, remoteMedia: null, ...changes })
  }

  function fail(own: Session): void {
    if (own.isOver) return
    const { callId } = own.call
    end(own, { reason: 'failed', error: noConnection() })
    if (callId) void requestEnd(callId)
  }

  /** Best effort; the server detects lost parties itself. */
  async function requestEnd(callId: string): Promise<void> {
    await retryTimeout(() => request.endCall({ callId })).catch(() => undefined)
  }

  async function connect(own: Session, describe: (peer: Peer) => Promise<unknown>): Promise<unknown> {
    try {
      own.peer = createPeer(iceServers(), media.getSnapshot(), {
        onRemote: (remote) => update(own, { remote }),
        onRemoteMedia: (remoteMedia) => update(own, { remoteMedia }),
        onConnected() {
          if (own.call.connectedAt) return
          update(own, { status: 'connected', connectedAt: new Date().toISOString() })
        },
        onFailed: () => fail(own),
      })
      return await describe(own.peer)
    } catch (cause) {
      throw noConnection(cause)
    }
  }

  async function ring(call: Call, video: boolean, ticketId?: string): Promise<void> {
    const own = begin(call, true)
    try {
      await devices.open(video)
      if (own.isOver) return
      const signalData = await connect(own, (peer) => peer.offer())
      if (own.isOver) return
      const about = ticketId === undefined ? {} : { ticket_id: ticketId }
      const payload = { userToCall: call.with, signalData, ...about, cid: uuid() }
      const { callId } = await retryTimeout(() => request.callUser(payload))
      if (own.isOver) return void requestEnd(callId)
      update(own, { callId, status: 'ringing' })
      for (const handle of own.early) handle()
    } catch (error) {
      if (own.isOver) return
      // Devices, `connect` and requests throw nothing else.
      end(own, { error: error as RequestError | MediaError })
      throw error
    }
  }

  async function answer(incoming: IncomingCall, offer: unknown, video: boolean): Promise<boolean> {
    const { callId, from, name } = incoming
    const own = begin({ ...newCall('incoming', from), callId, name, status: 'connecting' }, false)
    try {
      await devices.open(video)
      if (own.isOver) return false
      const signal = await connect(own, (peer) => peer.answer(offer))
      if (own.isOver) return false
      await retryTimeout(() => request.answerCall({ callId, signal }))
      if (own.isOver) {
        void requestEnd(callId)
        return false
      }
      own.isShown = true
      update(own, {})
      return true
    } catch (error) {
      if (own.isOver) return false
      end(own)
      throw error
    }
  }

  async function hangUp(): Promise<void> {
    const own = session
    if (!own) return
    const { callId, status } = own.call
    if (!own.isShown) return end(own)
    end(own, { reason: status === 'starting' || status === 'ringing' ? 'cancelled' : 'hung_up' })
    if (!callId) return
    const { reason } = await retryTimeout(() => request.endCall({ callId }))
    // The other party may have ended it first, for another reason.
    if (state.getSnapshot().current === own.call) update(own, { reason })
  }

  function onSignal(push: PushOf<'callSignal'>): void {
    const own = session
    if (own?.call.callId === null) return void own.early.push(() => onSignal(push))
    // A later server may send signals of other kinds.
    if (push.kind !== 'answer') return
    if (own?.call.callId !== push.callId || own.call.status !== 'ringing') return
    update(own, { status: 'connecting' })
    own.peer?.accept(push.signal).catch(() => fail(own))
  }

  function onEnd(push: PushOf<'callEnded'>): void {
    const own = session
    if (own?.call.callId === null) return void own.early.push(() => onEnd(push))
    if (own?.call.callId === push.callId) end(own, { reason: push.reason })
  }

  function onDown(): boolean {
    const own = session
    if (!own) return false
    const { status } = own.call
    own.isUnconfirmed = own.isShown && (status === 'connecting' || status === 'connected')
    clearTimeout(own.confirming)
    if (!own.isUnconfirmed) end(own, { reason: 'lost' })
    return own.isUnconfirmed
  }

  function onUp(): void {
    const own = session
    clearTimeout(own?.confirming)
    if (own?.isUnconfirmed) own.confirming = setTimeout(() => end(own, { reason: 'lost' }), confirmMs)
  }

  function onState(push: PushOf<'callState'>): void {
    const own = session
    if (own?.call.callId === null) return void own.early.push(() => onState(push))
    // What this page has dropped, or an earlier page in this tab.
    if (own?.call.callId !== push.callId) return void requestEnd(push.callId)
    own.isUnconfirmed = false
    clearTimeout(own.confirming)
  }

  return {
    devices,
    ring,
    answer,
    stopAnswering(callId) {
      if (session?.call.callId === callId && !session.isShown) end(session)
    },
    hangUp,
    lose() {
      if (session) end(session, { reason: 'lost' })
    },
    onDown,
    onUp,
    onState,
    onSignal,
    onEnd,
  }
}

function noConnection(cause?: unknown): MediaError {
  const message = 'Sound and picture could not be connected: try again, or from another network'
  return new MediaError('failed', null, message, cause)
}
