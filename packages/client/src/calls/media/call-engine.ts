import type { Connection } from '../../connection/connection.ts'
import { retryTimeout } from '../../connection/retry-timeout.ts'
import type { PushOf } from '../../entities.ts'
import { isRequestError, MediaError, ownError, type RequestError } from '../../errors.ts'
import type { Source } from '../../live/observable.ts'
import type { RequestMethods } from '../../requests/request.ts'
import { uuid } from '../../uuid.ts'
import { type Call, type CallsState, type IncomingCall, newCall } from '../call.ts'
import type { CallCheck } from '../call-check.ts'
import type { IceServer } from '../dom-types.ts'
import type { LocalMediaState } from '../local-media.ts'
import { type CallSession, createSession, noConnection, requestEnd, type Since } from './call-session.ts'
import { checkCall } from './check-call.ts'
import { createCrossings } from './crossings.ts'
import { createDevices, type Devices } from './devices.ts'
import { createIceServers } from './ice-servers.ts'
import { type KeptCall, takeKeptCall } from './kept-call.ts'
import { persist } from './persist.ts'
import { beginningOf, understandsMore } from './signal.ts'
import { untilOver } from './until-over.ts'

/** A call that rings, as the server has told of it. */
export type Ring = PushOf<'callUser'>

/** Whether to answer with the camera; by default as the call is begun. */
interface Answering {
  readonly video?: boolean | undefined
}

export interface CallContext {
  readonly state: Source<CallsState>
  readonly media: Source<LocalMediaState>
  readonly connection: Connection
  readonly request: RequestMethods
  readonly iceServers: () => readonly IceServer[]
  /** The calls that ring, by their ids. */
  readonly rings: ReadonlyMap<string, Ring>
  /** Removes a call from those that ring; undefined if it is not among them. */
  readonly claim: (callId: string) => Ring | undefined
}

/** The part of calls that is loaded on demand, for the first call. */
export interface CallEngine {
  readonly devices: Devices
  /** What a call that rings is begun with. */
  readonly beginningOf: (ring: Ring) => Pick<IncomingCall, 'media' | 'hasVideo'>
  /** Takes a `starting` call until it rings or has ended. */
  readonly ring: (call: Call) => Promise<void>
  /** Answers a call that rings, once however often one clicks. Resolves when it is answered or has ended. */
  readonly accept: (callId: string, options?: Answering) => Promise<void>
  readonly decline: (callId: string) => Promise<void>
  readonly hangUp: () => Promise<void>
  readonly hold: (isOn: boolean) => void
  readonly check: () => Promise<CallCheck>
  /** Ends the call here, without a request. */
  readonly lose: () => void
  /** Whether it is the call that uses microphone and camera. */
  readonly holds: (callId: string | null) => boolean
  /** Whether a call that rings is answered already: it needs no prompt. */
  readonly onRing: (push: Ring) => boolean
  readonly onState: (push: PushOf<'callState'>) => void
  readonly onSignal: (push: PushOf<'callSignal'>) => void
  readonly onEnd: (push: PushOf<'callEnded'>) => void
}

export function createCallEngine(context: CallContext): CallEngine {
  const { state, media, connection, request, rings, claim } = context
  let session: CallSession | undefined
  /** Until the server has answered the newest call of `inTurn`, and has ended what was given up meanwhile. */
  let asking: Promise<unknown> = Promise.resolve()
  const acceptances = new Map<string, Promise<void>>()
  const devices = createDevices(media, () => session !== undefined)
  const ice = createIceServers(connection, request, context.iceServers)
  const crossings = createCrossings()
  media.subscribe(() => session?.send(media.getSnapshot()))
  connection.watch({
    onUp: () => session?.onUp(),
    onDown: () => session?.onDown(),
    onRefused: () => undefined,
  })

  function begin(call: Call, since: Since = { seq: 0, nth: 0 }): CallSession {
    void hangUp().catch(() => undefined)
    session = createSession({ state, media, connection, request, ice }, call, since, onOver)
    globalThis.addEventListener?.('pagehide', leave)
    return session
  }

  function onOver(own: CallSession, reason: Call['reason']): void {
    session = undefined
    globalThis.removeEventListener?.('pagehide', leave)
    devices.release()
    const { callId } = own.call()
    if (reason && callId !== null) claim(callId)
  }

  /** The other party hears at once that a page is closed, rather than when its device does not come back. */
  function leave(): void {
    if (!session?.leave()) void hangUp().catch(() => undefined)
  }

  /** Goes on with the call of this page before it was loaded again. */
  async function comeBack(kept: KeptCall): Promise<void> {
    const { isHeld, seq, nth = 0, hasAnswered, microphone, camera, ...known } = kept
    const call = newCall(known.direction, known.with, known.media)
    const hold = { here: isHeld, there: false }
    const own = begin({ ...call, ...known, hold, status: 'reconnecting' }, { seq, nth, hasAnswered })
    own.show()
    await own.comeBack(async () => {
      // One can listen and watch without.
      if (microphone || camera) await devices.open(camera).catch(() => undefined)
      // After the end it would be the next call's.
      if (!microphone && !own.over.aborted) await devices.turn('microphone', false)
    })
  }

  async function ring(call: Call): Promise<void> {
    const own = begin(call)
    try {
      await untilOver(own.over, place(own, call))
    } catch (error) {
      if (own.over.aborted) return
      // Devices, `connect` and requests throw nothing else.
      own.end({ error: error as RequestError | MediaError })
      // The other one's call, which has crossed this one, would ring on here at nobody.
      const { callId } = own.call()
      if (callId !== null) void drop(callId)
      throw error
    }
  }

  /**
   * Asks the server for a call, or answers one, after what was asked before: nobody may ring a user twice at a time, or be in
   * two calls. Resolves to undefined if it is over by then.
   */
  async function inTurn<T>(own: CallSession, ask: () => Promise<T>): Promise<T | undefined> {
    await asking
    if (own.over.aborted) return undefined
    const asked = ask()
    asking = asked.catch(() => undefined)
    return asked
  }

  /** Nobody waits for it any more once the call is over; it then leaves nothing open. */
  async function place(own: CallSession, call: Call): Promise<void> {
    // Asked for meanwhile.
    void ice.get()
    await devices.open(call.media === 'video')
    if (own.over.aborted) return
    const signalData = await own.connect((peer) => peer.offer())
    const crossing = await inTurn(own, () => askToRing(own, call, signalData))
    if (crossing && !own.over.aborted) await cross(own, crossing)
  }

  /** Resolves to the call of the other one, if theirs and ours cross. What is cancelled meanwhile has ended by then. */
  async function askToRing(own: CallSession, call: Call, signalData: unknown): Promise<string | undefined> {
    const about = call.ticketId === null ? {} : { ticket_id: call.ticketId }
    const payload = { userToCall: call.with, signalData, media: call.media, ...about, cid: uuid() }
    const ask = () => request.callUser(payload)
    // What is begun without a connection fails at once.
    const isUp = connection.socket.connected
    const { callId, crossed } = await (isUp ? persist(connection, own.over, ask) : ask())
    if (!own.over.aborted) {
      own.update({ callId, status: crossed ? 'connecting' : 'ringing' })
      own.named()
    } else if (!crossed) await requestEnd(request, callId)
    // A crossing call is the other one's, which rings on.
    return crossed ? callId : undefined
  }

  /** The other one calls us at this moment: their call is answered in place of ours. */
  async function cross(own: CallSession, callId: string): Promise<void> {
    const theirs = claim(callId) ?? (await crossings.wait(callId, own.over))
    if (own.over.aborted) return
    if (!theirs) throw noConnection()
    own.update({ name: theirs.name, userId: theirs.user_id ?? null })
    await respond(own, theirs)
  }

  /** Answers a call that rings. */
  async function respond(own: CallSession, { callId, signal, media }: Ring): Promise<void> {
    // Servers before 0.10, which do not say what a call begins with, pass nothing on later.
    const isQuick = media !== undefined && understandsMore(signal)
    const answer = await own.connect((peer) => peer.answer(signal, isQuick))
    if (own.over.aborted) return
    await inTurn(own, () => askToAnswer(own, callId, answer))
    if (!own.over.aborted) own.answered(isQuick)
  }

  /** What is given up meanwhile has ended by then. */
  async function askToAnswer(own: CallSession, callId: string, signal: unknown): Promise<void> {
    try {
      await persist(connection, own.over, () => request.answerCall({ callId, signal }))
      if (!own.over.aborted) return
      claim(callId)
      await requestEnd(request, callId)
    } catch (error) {
      // It may be answered all the same.
      if (own.over.aborted && isRequestError(error, 'answerCall') && error.code === 'timeout')
        await drop(callId)
      throw error
    }
  }

  /** Ends a call that rings, or that this device has answered a moment ago. */
  async function reject(callId: string, reason?: 'busy'): Promise<void> {
    try {
      await request.rejectCall({ callId, ...(reason && { reason }) })
    } catch (error) {
      const mayEnd = isRequestError(error) && ['unknown_event', 'conflict'].includes(error.code)
      if (!mayEnd) throw error
      await request.endCall({ callId })
    }
  }

  /** Ends it for this device; it rings on at the user's others. Best effort. */
  async function drop(callId: string): Promise<void> {
    claim(callId)
    await retryTimeout(() => reject(callId, 'busy')).catch(() => undefined)
  }

  async function accept(callId: string, { video }: Answering): Promise<void> {
    const incoming = state.getSnapshot().incoming.find((one) => one.callId === callId)
    const theirs = rings.get(callId)
    if (!incoming || !theirs) throw ownError('answerCall', 'not_found', 'This call does not ring any more')
    const { from, name, userId, ticketId, media: begun } = incoming
    const call = newCall('incoming', from, begun)
    const own = begin({ ...call, callId, name, userId, ticketId, status: 'connecting' })
    try {
      await untilOver(own.over, answer(own, theirs, video ?? begun === 'video'))
      if (own.over.aborted) return
      claim(callId)
      own.show()
    } catch (error) {
      if (own.over.aborted) return
      own.end()
      claimIfRefused(callId, error)
      throw error
    }
  }

  /** What the server refuses for good rings no more. */
  function claimIfRefused(callId: string, error: unknown): void {
    if (isRequestError(error) && !error.retryable) claim(callId)
  }

  async function answer(own: CallSession, theirs: Ring, video: boolean): Promise<void> {
    void ice.get()
    await openIfThere(video)
    if (!own.over.aborted) await respond(own, theirs)
  }

  /** One can listen and watch without devices; their state says why they are off. */
  async function openIfThere(video: boolean): Promise<void> {
    try {
      await devices.open(video)
    } catch (error) {
      if (!(error instanceof MediaError) || error.code === 'unsupported') throw error
    }
  }

  async function decline(callId: string): Promise<void> {
    const own = session?.call().callId === callId ? session : undefined
    if (own?.isShown()) return hangUp()
    own?.end()
    try {
      await reject(callId)
      claim(callId)
    } catch (error) {
      claimIfRefused(callId, error)
      throw error
    }
  }

  async function hangUp(): Promise<void> {
    const own = session
    if (!own) return
    const { callId, status } = own.call()
    if (!own.isShown()) return own.end()
    const isEarly = status === 'starting' || status === 'ringing'
    own.end({ reason: isEarly ? 'cancelled' : 'hung_up', endedHere: true })
    if (!callId) return
    const { reason } = await retryTimeout(() => request.endCall({ callId }))
    // The other party may have ended it first, for another reason.
    if (state.getSnapshot().current === own.call()) own.update({ reason })
  }

  /** Handles what concerns the call, once it has a name. */
  function about({ callId }: { callId: string }, handle: (own: CallSession) => void, otherwise?: () => void) {
    const own = session
    if (!own) return otherwise?.()
    own.hear(() => (own.call().callId === callId ? handle(own) : otherwise?.()))
  }

  /** What an earlier page in this tab has left goes on; what this page has dropped, or that one, ends for both. */
  function goOnOrEnd(callId: string): void {
    const kept = session ? undefined : takeKeptCall(callId)
    if (kept) void comeBack(kept)
    else void requestEnd(request, callId)
  }

  return {
    devices,
    beginningOf: ({ signal, media }) => beginningOf(signal, media),
    ring,
    accept(callId, options = {}) {
      const acceptance =
        acceptances.get(callId) ?? accept(callId, options).finally(() => acceptances.delete(callId))
      acceptances.set(callId, acceptance)
      return acceptance
    },
    decline,
    hangUp,
    hold: (isOn) => session?.hold(isOn),
    check: () => checkCall(request, ice),
    lose: () => session?.end({ reason: 'lost' }),
    holds: (callId) => session !== undefined && session.call().callId === callId,
    onRing(push) {
      if (crossings.take(push)) return true
      const own = session
      if (own?.call().callId !== push.callId) return false
      own.ringsOn()
      return true
    },
    onState: (push) =>
      about(
        push,
        (own) => own.resume(),
        () => goOnOrEnd(push.callId),
      ),
    onSignal: (push) => about(push, (own) => own.onSignal(push)),
    onEnd: (push) => about(push, (own) => own.end({ reason: push.reason })),
  }
}
