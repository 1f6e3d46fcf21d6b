import type { PushOf } from '@dowellchat/protocol'
import { type Call, type CallsState, type IncomingCall, newCall } from '../call.ts'
import { MediaError, type RequestError } from '../errors.ts'
import type { LocalMediaState } from '../local-media.ts'
import type { Source } from '../observable.ts'
import type { RequestMethods } from '../request.ts'
import { retryTimeout } from '../retry.ts'
import { uuid } from '../uuid.ts'
import { createDevices, type Devices } from './devices.ts'
import { createPeer, type Peer } from './peer.ts'

export interface CallContext {
  readonly state: Source<CallsState>
  readonly media: Source<LocalMediaState>
  readonly request: RequestMethods
  readonly iceServers: readonly RTCIceServer[]
}

/** What is needed in a call alone, and loaded for the first one. */
export interface CallEngine {
  readonly devices: Devices
  /** Takes a call that is `starting` until it rings, or was ended. */
  readonly ring: (call: Call, video: boolean) => Promise<void>
  /** Answers a call, and makes it the current one; gives whether that came to pass. */
  readonly answer: (incoming: IncomingCall, offer: unknown, video: boolean) => Promise<boolean>
  readonly stopAnswering: (callId: string) => void
  readonly hangUp: () => Promise<void>
  /** Ends the call without telling anybody. */
  readonly lose: () => void
  readonly hearSignal: (push: PushOf<'callSignal'>) => void
  readonly hearEnd: (push: PushOf<'callEnded'>) => void
}

/** The one call that has microphone and camera. */
interface Session {
  call: Call
  /** Whether it is the current call: an outgoing one at once, an incoming one when it is answered. */
  isShown: boolean
  isOver: boolean
  peer?: Peer
  /** What came before the answer that names the call. */
  readonly early: (() => void)[]
}

export function createCallEngine({ state, media, request, iceServers }: CallContext): CallEngine {
  let session: Session | undefined
  const devices = createDevices(media, () => session !== undefined)
  media.subscribe(() => session?.peer?.send(media.getSnapshot()))

  function begin(call: Call, isShown: boolean): Session {
    void hangUp().catch(() => undefined)
    session = { call, isShown, isOver: false, early: [] }
    return session
  }

  function update(own: Session, changes: Partial<Call>): void {
    own.call = { ...own.call, ...changes }
    if (own.isShown) state.patch({ current: own.call })
  }

  function end(own: Session, changes: Pick<Partial<Call>, 'reason' | 'error'> = {}): void {
    if (own.isOver) return
    own.isOver = true
    session = undefined
    own.peer?.close()
    devices.release()
    // While it is being answered it rings on, unless it has ended for all.
    if (changes.reason) own.isShown = true
    update(own, { status: 'ended', remote: null, remoteMedia: null, ...changes })
  }

  function fail(own: Session): void {
    if (own.isOver) return
    const { callId } = own.call
    end(own, { reason: 'failed', error: noConnection() })
    if (callId) void tellEnd(callId)
  }

  /** For those who have nobody to complain to; the server sees by itself when a party is gone. */
  async function tellEnd(callId: string): Promise<void> {
    await retryTimeout(() => request.endCall({ callId })).catch(() => undefined)
  }

  async function connect(own: Session, describe: (peer: Peer) => Promise<unknown>): Promise<unknown> {
    try {
      own.peer = createPeer(iceServers, media.getSnapshot(), {
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

  async function ring(call: Call, video: boolean): Promise<void> {
    const own = begin(call, true)
    try {
      await devices.open(video)
      if (own.isOver) return
      const signalData = await connect(own, (peer) => peer.offer())
      if (own.isOver) return
      const payload = { userToCall: call.with, signalData, cid: uuid() }
      const { callId } = await retryTimeout(() => request.callUser(payload))
      if (own.isOver) return void tellEnd(callId)
      update(own, { callId, status: 'ringing' })
      for (const hear of own.early) hear()
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
        void tellEnd(callId)
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
    // The other may have been faster.
    if (state.getSnapshot().current === own.call) update(own, { reason })
  }

  function hearSignal(push: PushOf<'callSignal'>): void {
    const own = session
    if (own?.call.callId === null) return void own.early.push(() => hearSignal(push))
    if (own?.call.callId !== push.callId || own.call.status !== 'ringing') return
    update(own, { status: 'connecting' })
    own.peer?.accept(push.signal).catch(() => fail(own))
  }

  function hearEnd(push: PushOf<'callEnded'>): void {
    const own = session
    if (own?.call.callId === null) return void own.early.push(() => hearEnd(push))
    if (own?.call.callId === push.callId) end(own, { reason: push.reason })
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
    hearSignal,
    hearEnd,
  }
}

function noConnection(cause?: unknown): MediaError {
  const message = 'Sound and picture could not be connected: try again, or from another network'
  return new MediaError('failed', null, message, cause)
}
