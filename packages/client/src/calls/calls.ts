import { normalName } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import { isRequestError, MediaError, ownError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import { createLoader } from '../live/loader.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import type { PushMethods } from '../requests/push.ts'
import type { RequestMethods } from '../requests/request.ts'
import { type Call, type CallsState, newCall } from './call.ts'
import type { IceServer } from './dom-types.ts'
import { createLocalMediaSource, type LocalMedia } from './local-media.ts'
import type { CallEngine } from './media/call-engine.ts'
import { hasVideo } from './media/signal.ts'

/** Audio and video calls: the current one, and those that ring. */
export interface Calls extends Observable<CallsState> {
  /**
   * Ends the current call, asks for the microphone (and the camera), then rings. Resolves when it rings or was cancelled.
   * Rejects with a `RequestError` of `callUser` or a `MediaError`; the current call's `error` has it too.
   */
  readonly start: (userToCall: string, options?: OutgoingCallOptions) => Promise<void>
  /**
   * Ends the current call and answers an incoming one, which becomes the current call. Resolves when it is answered or has
   * ended. Rejects with a `RequestError` of `answerCall` or a `MediaError`; the call then keeps ringing.
   */
  readonly accept: (callId: string, options?: StartOptions) => Promise<void>
  /** Rejects with a `RequestError` of `endCall`. */
  readonly decline: (callId: string) => Promise<void>
  /** Cancels or hangs up the current call. It ends here at once; rejects if the server could not be reached. */
  readonly hangUp: () => Promise<void>
  /** Removes the ended call, which is otherwise shown until the next one. */
  readonly dismiss: () => void
  readonly media: LocalMedia
}

export interface StartOptions {
  /** Whether to use the camera; default true. If there is none or it is refused, the call goes on with sound alone. */
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

export function createCalls(
  connection: Connection,
  request: RequestMethods,
  on: PushMethods,
  { iceServers }: CallsOptions = {},
): OwnedCalls {
  const state = createSource<CallsState>({ current: null, incoming: [] })
  const media = createLocalMediaSource()
  const offers = new Map<string, unknown>()
  const acceptances = new Map<string, Promise<void>>()
  let engine: CallEngine | undefined
  let releases = 0
  let servers = iceServers ?? []

  on.callUser(({ callId, signal, from, name }) => {
    offers.set(callId, signal)
    const call = { callId, from, name, hasVideo: hasVideo(signal) }
    const others = state.getSnapshot().incoming.filter((one) => one.callId !== callId)
    state.patch({ incoming: [call, ...others] })
    // Loaded ahead, so that answering is quick. If this fails, so does answering, with an error.
    void load().catch(() => undefined)
  })
  on.callSignal((push) => engine?.onSignal(push))
  on.callState((push) => {
    if (engine) engine.onState(push)
    // Of an earlier page in this tab.
    else void request.endCall({ callId: push.callId }).catch(() => undefined)
  })
  on.callEnded((push) => {
    forget(push.callId)
    engine?.onEnd(push)
  })
  connection.watch({ onUp: () => engine?.onUp(), onDown, onRefused: loseAll })
  connection.subscribe(() => {
    if (connection.getSnapshot().status === 'idle') release()
  })

  async function load(): Promise<CallEngine> {
    try {
      const { createCallEngine } = await callEngine.load('callUser')
      engine ??= createCallEngine({ state, media, request, iceServers: () => servers })
      return engine
    } catch (cause) {
      throw new MediaError(
        'failed',
        null,
        'The code for calls could not be loaded: reload the page and try again',
        cause,
      )
    }
  }

  function forget(callId: string): void {
    if (!offers.delete(callId)) return
    state.patch({ incoming: state.getSnapshot().incoming.filter((call) => call.callId !== callId) })
  }

  /** Ends a call that has not reached the engine yet. */
  function end(changes: Partial<Call>): void {
    const { current } = state.getSnapshot()
    if (current && current.status !== 'ended')
      state.patch({ current: { ...current, status: 'ended', ...changes } })
  }

  function forgetAll(): void {
    offers.clear()
    if (state.getSnapshot().incoming.length > 0) state.patch({ incoming: [] })
  }

  /** What rings is over; a call that was answered needs no server to go on. */
  function onDown(): void {
    forgetAll()
    if (!engine?.onDown()) end({ reason: 'lost' })
  }

  function loseAll(): void {
    forgetAll()
    engine?.lose()
    end({ reason: 'lost' })
  }

  function release(): void {
    releases += 1
    loseAll()
    engine?.devices.release()
  }

  async function start(userToCall: string, { video = true, ticketId }: OutgoingCallOptions): Promise<void> {
    void hangUp().catch(() => undefined)
    const call = newCall('outgoing', normalName(userToCall))
    const isWanted = (): boolean => state.getSnapshot().current === call
    state.patch({ current: call })
    const { ring } = await load().catch((error: MediaError) => {
      if (isWanted()) end({ error })
      throw error
    })
    if (isWanted()) await ring(call, video, ticketId)
  }

  async function accept(callId: string, { video = true }: StartOptions): Promise<void> {
    void hangUp().catch(() => undefined)
    const { answer } = await load()
    const incoming = state.getSnapshot().incoming.find((call) => call.callId === callId)
    if (!incoming) throw ownError('answerCall', 'not_found', 'This call does not ring any more')
    try {
      if (await answer(incoming, offers.get(callId), video)) forget(callId)
    } catch (error) {
      if (isRequestError(error) && !error.retryable) forget(callId)
      throw error
    }
  }

  async function turn(device: 'setMicrophone' | 'setCamera', isOn: boolean): Promise<void> {
    const before = releases
    const { devices } = await load()
    if (before === releases) await devices[device](isOn)
  }

  async function decline(callId: string): Promise<void> {
    engine?.stopAnswering(callId)
    await request.endCall({ callId })
    forget(callId)
  }

  async function hangUp(): Promise<void> {
    const ended = engine?.hangUp()
    end({ reason: 'cancelled' })
    await ended
  }

  return {
    calls: {
      ...readOnly(state),
      start: (userToCall, options = {}) => ignorable(start(userToCall, options)),
      accept(callId, options = {}) {
        // Two clicks answer once.
        const acceptance =
          acceptances.get(callId) ?? accept(callId, options).finally(() => acceptances.delete(callId))
        acceptances.set(callId, acceptance)
        return ignorable(acceptance)
      },
      decline: (callId) => ignorable(decline(callId)),
      hangUp: () => ignorable(hangUp()),
      dismiss() {
        if (state.getSnapshot().current?.status === 'ended') state.patch({ current: null })
      },
      media: {
        ...readOnly(media),
        setMicrophone: (isOn) => ignorable(turn('setMicrophone', isOn)),
        setCamera: (isOn) => ignorable(turn('setCamera', isOn)),
      },
    },
    release,
    configure({ iceServers: next = [] }) {
      servers = next
    },
  }
}
