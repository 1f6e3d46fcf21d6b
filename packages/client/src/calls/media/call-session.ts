import type { Connection } from '../../connection/connection.ts'
import { retryTimeout } from '../../connection/retry-timeout.ts'
import type { PushOf } from '../../entities.ts'
import { MediaError } from '../../errors.ts'
import type { Observable, Source } from '../../live/observable.ts'
import type { RequestMethods } from '../../requests/request.ts'
import type { Call, CallsState } from '../call.ts'
import type { LocalMediaState } from '../local-media.ts'
import { type CallLine, createCallLine, type SentSignal, type SignalCounts } from './call-line.ts'
import type { IceServers } from './ice-servers.ts'
import { createPeer, type Peer } from './peer.ts'
import { followQuality } from './quality.ts'
import { createRecovery } from './recovery.ts'
import { createReloads, type Reloads } from './reloads.ts'
import { readLateSignal } from './signal.ts'

/** How far an earlier page has come. */
export interface Since extends SignalCounts {
  /** Whether it has answered the other party's call, be it in place of its own. By default so it is with one that comes in. */
  readonly hasAnswered?: boolean | undefined
}

/** How a call ends. */
export type CallEnd = Pick<Partial<Call>, 'reason' | 'error' | 'endedHere'>

/** The call that uses microphone and camera, over lost connections to the server and to the other party. */
export interface CallSession {
  readonly call: () => Call
  readonly update: (changes: Partial<Call>) => void
  /** Whether it is the current call: an outgoing one at once, an incoming one once it is answered. */
  readonly isShown: () => boolean
  readonly show: () => void
  /** Aborted when the call ends. */
  readonly over: AbortSignal
  readonly end: (changes?: CallEnd) => void
  /** Makes a connection to the other party, instead of an earlier one, and describes it. Rejects with a `MediaError`. */
  readonly connect: <T>(describe: (peer: Peer) => Promise<T>) => Promise<T>
  /** The call is answered by this device. The other one may understand what comes after offer and answer. */
  readonly answered: (isOpen: boolean) => void
  /** Sends the sound and picture of these media from now on. */
  readonly send: (local: LocalMediaState) => void
  readonly hold: (isOn: boolean) => void
  readonly leave: () => boolean
  readonly comeBack: Reloads['comeBack']
  /** Handles a push about the call; later, while it has no name yet. */
  readonly hear: (handle: () => void) => void
  /** The server has named it. */
  readonly named: () => void
  readonly onSignal: (push: PushOf<'callSignal'>) => void
  /** The server says that it rings still, while it is being answered. */
  readonly ringsOn: () => void
  /** The server says that the call goes on. */
  readonly resume: () => void
  readonly onDown: () => void
  readonly onUp: () => void
}

export interface SessionContext {
  readonly state: Source<CallsState>
  readonly media: Observable<LocalMediaState>
  readonly connection: Connection
  readonly request: RequestMethods
  readonly ice: IceServers
}

/** How long the server may take to say that it knows a call, from the connection on. */
const confirmMs = 5_000
/** The server waits 15 s for a device. */
const awayMs = 16_000
/** Without a call a client may wait 8 s between two tries to connect. */
const hurryMs = 2_000

/** @param onEnd runs before the end is shown */
export function createSession(
  { state, media, connection, request, ice }: SessionContext,
  initial: Call,
  since: Since,
  onEnd: (own: CallSession, reason: Call['reason']) => void,
): CallSession {
  const over = new AbortController()
  const recovery = createRecovery({
    canRestart: () => peer?.isOpen() ?? false,
    isUp: () => connection.socket.connected && !wasCut,
    restart: () => peer?.restart(),
    onConnected,
    onInterrupted,
    onFailed: fail,
  })
  let call = initial
  let isShown = initial.direction === 'outgoing'
  let { hasAnswered = !isShown } = since
  const line = createLine()
  let peer: Peer | undefined
  const reloads = createReloads({
    line,
    over: over.signal,
    call: () => call,
    hasAnswered: () => hasAnswered,
    peer: () => peer,
    connect(describe) {
      update({ status: 'reconnecting', remoteScreen: null })
      recovery.startAgain()
      return connect(describe)
    },
    resume,
    onInterrupted,
    onLeft: () => endForBoth({ reason: 'hung_up' }),
    onFailed: fail,
  })
  /** What to do with pushes that arrived before the answer that names the call. */
  const early: (() => void)[] = []
  /** Whether the connection was lost since the server has last said how the call is. */
  let wasCut = false
  /** Is there while the server is away, or has not said that it knows the call. */
  let losing: ReturnType<typeof setTimeout> | undefined
  let hurrying: ReturnType<typeof setInterval> | undefined
  /** The connection whose quality is followed, and what stops that. */
  let followed: Peer | undefined
  const stops: (() => void)[] = []

  /** It is made before the call's id is known. */
  function createLine(): CallLine {
    const callId = (): string => call.callId ?? ''
    return createCallLine({ connection, request, callId, over: over.signal, since, onSignal: onSent })
  }

  function update(changes: Partial<Call>): void {
    call = { ...call, ...changes }
    if (isShown) state.patch({ current: call })
  }

  function end(changes: CallEnd = {}): void {
    if (over.signal.aborted) return
    over.abort()
    stopLosing()
    clearInterval(hurrying)
    recovery.stop()
    reloads.stop()
    for (const stop of stops) stop()
    peer?.close()
    // A call that could not be answered keeps ringing, unless it has ended for everybody.
    if (changes.reason) isShown = true
    onEnd(own, changes.reason ?? null)
    const nothing = { remote: null, remoteScreen: null, remoteMedia: null, quality: null }
    const endedAt = call.callId === null ? null : new Date().toISOString()
    update({ status: 'ended', endedAt, ...nothing, ...changes })
  }

  /** Ends it here, and for the other party. */
  function endForBoth(changes: CallEnd, reason?: 'failed'): void {
    if (over.signal.aborted) return
    const { callId } = call
    end(changes)
    if (callId) void requestEnd(request, callId, reason)
  }

  function fail(): void {
    endForBoth({ reason: 'failed', error: noConnection() }, 'failed')
  }

  async function connect<T>(describe: (made: Peer) => Promise<T>): Promise<T> {
    const iceServers = await ice.get()
    if (over.signal.aborted) throw noConnection()
    if (peer) line.drop()
    peer?.close()
    try {
      peer = createPeer(iceServers, media.getSnapshot(), call.hold, {
        onRemote: (remote) => update({ remote }),
        onRemoteScreen: (remoteScreen) => update({ remoteScreen }),
        onRemoteMedia: (remoteMedia) => update({ remoteMedia }),
        onHold: (there) => update({ hold: { ...call.hold, there } }),
        onState: recovery.onState,
        onSignal: line.send,
      })
      return await describe(peer)
    } catch (cause) {
      throw noConnection(cause)
    }
  }

  function onInterrupted(): void {
    if (call.status === 'connected') update({ status: 'reconnecting' })
  }

  function onConnected(): void {
    const isFirst = call.connectedAt === null
    update({ status: 'connected', ...(isFirst && { connectedAt: new Date().toISOString() }) })
    if (over.signal.aborted || !peer) return
    if (isFirst) report()
    if (followed === peer) return
    followed = peer
    for (const stop of stops.splice(0)) stop()
    stops.push(
      followQuality(peer.stats, (quality) => update({ quality })),
      ice.follow(peer.configure),
    )
  }

  /** Best effort: without it the server takes the call for one that connects. */
  function report(): void {
    const { callId } = call
    if (callId) void request.reportCall({ callId, state: 'connected' }).catch(() => undefined)
  }

  function onSent({ kind, signal }: SentSignal): void {
    // A later server may send signals of other kinds.
    if (kind === 'signal') takeLate(signal)
    else if (kind === 'answer' && call.status === 'ringing') void takeAnswer(signal)
  }

  function takeLate(signal: unknown): void {
    const late = readLateSignal(signal)
    const own = late && reloads.take(late)
    if (own) peer?.take(own)
  }

  async function takeAnswer(signal: unknown): Promise<void> {
    update({ status: 'connecting' })
    recovery.start()
    try {
      await peer?.accept(signal)
      if (peer?.isOpen()) line.open()
    } catch {
      fail()
    }
  }

  /** The server may have sent more since it has got the request, of which a cut has lost some. */
  function named(): void {
    if (wasCut) line.hold()
    for (const handle of early.splice(0)) handle()
    if (wasCut) void resume()
  }

  async function resume(): Promise<void> {
    wasCut = false
    stopLosing()
    const resumed = await line.resume()
    if (over.signal.aborted || wasCut) return
    if (!resumed || resumed.state === 'ended') return end({ reason: 'lost' })
    if (resumed.state === 'connecting' && call.connectedAt !== null) report()
    recovery.onUp(!resumed.complete)
  }

  function stopLosing(): void {
    clearTimeout(losing)
    losing = undefined
  }

  function loseIn(ms: number): void {
    stopLosing()
    // One that is not answered yet may ring on elsewhere.
    losing = setTimeout(() => (isShown ? endForBoth : end)({ reason: 'lost' }), ms)
  }

  const own: CallSession = {
    call: () => call,
    update,
    isShown: () => isShown,
    show() {
      isShown = true
      update({})
    },
    over: over.signal,
    end,
    connect,
    answered(isOpen) {
      hasAnswered = true
      recovery.start()
      if (isOpen) line.open()
      named()
    },
    send: (local) => peer?.send(local),
    hold(here) {
      update({ hold: { ...call.hold, here } })
      peer?.hold(here)
    },
    leave: () => reloads.leave(media.getSnapshot()),
    comeBack: reloads.comeBack,
    hear(handle) {
      if (call.callId === null) early.push(handle)
      else handle()
    },
    named,
    onSignal: (push) => line.take(push),
    ringsOn: stopLosing,
    resume: () => void resume(),
    onDown() {
      wasCut = true
      line.hold()
      loseIn(awayMs)
      clearInterval(hurrying)
      hurrying = setInterval(connection.hurry, hurryMs)
    },
    onUp() {
      clearInterval(hurrying)
      // Other rights, too, are told of in this way.
      if (losing === undefined) return
      stopLosing()
      // What has no name yet is asked for again; what is not answered yet rings again.
      if (call.callId !== null) loseIn(confirmMs)
    },
  }
  return own
}

/** Ends a call for the other party: best effort, since the server detects lost parties itself. */
export async function requestEnd(request: RequestMethods, callId: string, reason?: 'failed'): Promise<void> {
  const payload = { callId, ...(reason && { reason }) }
  await retryTimeout(() => request.endCall(payload)).catch(() => undefined)
}

export function noConnection(cause?: unknown): MediaError {
  const message = 'Sound and picture could not be connected: try again, or from another network'
  return new MediaError('failed', null, message, cause)
}
