import { normalName } from '@dowellchat/protocol/core'
import type { CallRecord } from '../entities.ts'
import { MediaError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import { createLazyList } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import { createLoader } from '../live/loader.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import type { Wire } from '../requests/wire.ts'
import { type Call, type CallsState, type IncomingCall, newCall } from './call.ts'
import type { CallCheck } from './call-check.ts'
import type { IceServer } from './dom-types.ts'
import { createLocalMediaSource, type LocalMedia } from './local-media.ts'
import type { CallEngine, Ring } from './media/call-engine.ts'

/** Audio and video calls: the current one, and those that ring. */
export interface Calls extends Observable<CallsState> {
  /**
   * Ends the current call, asks for the microphone (and the camera), then rings. Resolves when it rings or was cancelled.
   * Rejects with a `RequestError` of `callUser` or a `MediaError`; the current call's `error` has it too.
   */
  readonly start: (userToCall: string, options?: OutgoingCallOptions) => Promise<void>
  /**
   * Ends the current call and answers an incoming one, which becomes the current call: with the camera if the call is begun as
   * a video call. Without microphone and camera one listens and watches. Resolves when it is answered or has ended. Rejects
   * with a `RequestError` of `answerCall` or a `MediaError`; the call then keeps ringing.
   */
  readonly accept: (callId: string, options?: StartOptions) => Promise<void>
  /** Rejects with a `RequestError` of `rejectCall`, or of `endCall` where its answer was under way. */
  readonly decline: (callId: string) => Promise<void>
  /** Cancels or hangs up the current call. It ends here at once; rejects if the server could not be reached. */
  readonly hangUp: () => Promise<void>
  /** Puts the current call on hold, or takes it off: until both have, nobody is heard or seen. Nothing happens without a call. */
  readonly hold: (on: boolean) => void
  /** Removes the ended call, which is otherwise shown until the next one. */
  readonly dismiss: () => void
  readonly media: LocalMedia
  /**
   * The calls that the user has made or got, newest first; loaded again when one ends.
   *
   * @example
   * const missed = client.calls.history({ missed: true })
   */
  readonly history: (filter?: CallHistoryFilter) => LiveList<CallRecord>
  /**
   * Tries what a call needs before there is one: the servers, and for a moment microphone and camera, for which browsers may
   * ask. The client has to be connected. Takes up to 5 seconds. Rejects with a `MediaError` where calls are impossible.
   *
   * @example
   * const { microphone, turn } = await client.calls.check()
   */
  readonly check: () => Promise<CallCheck>
}

/**
 * Which calls to list.
 *
 * @example
 * const filter: CallHistoryFilter = { missed: true }
 */
export interface CallHistoryFilter {
  /** Only those that the user has missed. */
  readonly missed?: boolean
}

export interface StartOptions {
  /**
   * Whether to use the camera; default true, and for an answer whatever the call is begun with. If there is none or it is
   * refused, the call goes on with sound alone.
   */
  readonly video?: boolean
}

/**
 * How to call somebody.
 *
 * @example
 * const options: OutgoingCallOptions = { video: false, ticketId: ticket._id }
 */
export interface OutgoingCallOptions extends StartOptions {
  /** The ticket that the call is about: its conversation says how the call went. `not_found` for one that the user may not see. */
  readonly ticketId?: string | undefined
}

export interface CallsOptions {
  /** STUN and TURN servers. The default, none, is enough inside one network. */
  readonly iceServers?: readonly IceServer[]
}

const callEngine = createLoader(() => import('./media/call-engine.ts'))

/** The calls of a client, and a way to end them and release their devices. */
export interface OwnedCalls {
  readonly calls: Calls
  readonly release: () => void
  /** Replaces the options, for the next call. */
  readonly configure: (options: CallsOptions) => void
}

export function createCalls(wire: Wire, { iceServers }: CallsOptions = {}): OwnedCalls {
  const { connection, request, on } = wire
  const state = createSource<CallsState>({ current: null, incoming: [] })
  const media = createLocalMediaSource()
  const rings = new Map<string, Ring>()
  const [all, missedOnes] = [createHistory(false), createHistory(true)]
  let engine: CallEngine | undefined
  let releases = 0
  /** Lets go of a call that waits for the engine. */
  let giveUp = (): void => {}
  let servers = iceServers ?? []

  on.callUser((push) => {
    if (engine?.onRing(push)) return
    const { callId, from, name, user_id: userId = null, ticket_id: ticketId = null } = push
    rings.set(callId, push)
    function show(begun: Pick<IncomingCall, 'media' | 'hasVideo'>): void {
      const others = state.getSnapshot().incoming.filter((one) => one.callId !== callId)
      // It may have ended meanwhile.
      if (rings.get(callId) === push)
        state.patch({ incoming: [{ callId, from, name, userId, ticketId, ...begun }, ...others] })
    }
    // Also loaded so that answering is quick. If this fails, so does answering, with an error.
    load().then(
      ({ beginningOf }) => show(beginningOf(push)),
      () => show({ media: 'video', hasVideo: true }),
    )
  })
  on.callSignal((push) => engine?.onSignal(push))
  // Also of an earlier page in this tab.
  on.callState((push) => {
    load().then(
      ({ onState }) => onState(push),
      () => ignorable(request.endCall({ callId: push.callId })),
    )
  })
  on.callEnded((push) => {
    claim(push.callId)
    engine?.onEnd(push)
  })
  // What rings is rung again by the server.
  connection.watch({ onUp() {}, onDown: forgetAll, onRefused: loseAll })
  connection.subscribe(() => {
    if (connection.getSnapshot().status === 'idle') release()
  })

  async function load(): Promise<CallEngine> {
    try {
      const { createCallEngine } = await callEngine.load('callUser')
      engine ??= createCallEngine({
        ...{ state, media, connection, request, rings, claim },
        iceServers: () => servers,
      })
      return engine
    } catch (cause) {
      throw new MediaError('failed', null, 'The code for calls could not be loaded: reload the page', cause)
    }
  }

  function claim(callId: string): Ring | undefined {
    const ring = rings.get(callId)
    if (rings.delete(callId))
      state.patch({ incoming: state.getSnapshot().incoming.filter((call) => call.callId !== callId) })
    return ring
  }

  /** Ends a call that has not reached the engine yet. */
  function end(changes: Partial<Call>): void {
    giveUp()
    const { current } = state.getSnapshot()
    if (current && current.status !== 'ended')
      state.patch({ current: { ...current, status: 'ended', ...changes } })
  }

  /** All but the one that is being answered. */
  function forgetAll(): void {
    for (const callId of [...rings.keys()]) if (!engine?.holds(callId)) claim(callId)
  }

  function loseAll(): void {
    engine?.lose()
    forgetAll()
    end({ reason: 'lost' })
  }

  function release(): void {
    releases += 1
    loseAll()
    engine?.devices.release()
  }

  async function start(userToCall: string, { video = true, ticketId }: OutgoingCallOptions): Promise<void> {
    void hangUp().catch(() => undefined)
    const begun = newCall('outgoing', normalName(userToCall), video ? 'video' : 'audio')
    const call = { ...begun, ticketId: ticketId ?? null }
    state.patch({ current: call })
    const over = new Promise<void>((resolve) => {
      giveUp = resolve
    })
    const loaded = await Promise.race([load(), over]).catch((error: MediaError) => {
      end({ error })
      throw error
    })
    if (state.getSnapshot().current === call) await loaded?.ring(call)
  }

  async function turn(device: 'microphone' | 'camera' | 'screen', isOn: boolean): Promise<void> {
    const before = releases
    const { devices } = await load().catch((error: MediaError) => {
      media.patch({ [device]: { status: 'error', error } })
      throw error
    })
    if (before === releases) await devices.turn(device, isOn)
  }

  async function hangUp(): Promise<void> {
    const ended = engine?.hangUp()
    end({ reason: 'cancelled', endedHere: true })
    await ended
  }

  function createHistory(missed: boolean): LiveList<CallRecord> {
    return createLazyList(({ createCallHistory }) => createCallHistory(wire, state, missed), 'get_calls')
  }

  return {
    calls: {
      ...readOnly(state),
      start: (userToCall, options = {}) => ignorable(start(userToCall, options)),
      accept: (...args) => ignorable(load().then(({ accept }) => accept(...args))),
      decline: (callId) => ignorable(load().then(({ decline }) => decline(callId))),
      hangUp: () => ignorable(hangUp()),
      hold: (on) => engine?.hold(on),
      dismiss() {
        if (state.getSnapshot().current?.status === 'ended') state.patch({ current: null })
      },
      check: () => load().then(({ check }) => check()),
      history: ({ missed = false } = {}) => (missed ? missedOnes : all),
      media: {
        ...readOnly(media),
        setMicrophone: (isOn) => ignorable(turn('microphone', isOn)),
        setCamera: (isOn) => ignorable(turn('camera', isOn)),
        setScreen: (isOn) => ignorable(turn('screen', isOn)),
        choose: (...choice) => ignorable(load().then(({ devices }) => devices.choose(...choice))),
      },
    },
    release,
    configure({ iceServers: next = [] }) {
      servers = next
    },
  }
}
