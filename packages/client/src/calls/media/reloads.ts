import type { Call } from '../call.ts'
import type { LocalMediaState } from '../local-media.ts'
import type { CallLine } from './call-line.ts'
import { keepCall } from './kept-call.ts'
import type { Peer } from './peer.ts'
import type { ConnectionSignal, Description, LateSignal } from './signal.ts'

/** Takes a call over the reload of either party's page: another connection replaces that of the page before. */
export interface Reloads {
  /** Handles what the other party says of its page. Returns what is left: it is about the connection that there is. */
  readonly take: (late: LateSignal) => ConnectionSignal | undefined
  /** Leaves the call to the page that is loaded next; false where that could not go on with it. */
  readonly leave: (local: LocalMediaState) => boolean
  /** Goes on with the call that the page before has left. `open` opens microphone and camera, if it can. */
  readonly comeBack: (open: () => Promise<void>) => Promise<void>
  readonly stop: () => void
}

export interface ReloadParts {
  readonly line: CallLine
  readonly over: AbortSignal
  readonly call: () => Call
  /** Whether this party has answered. In a call that crossed another, the call of both is outgoing. */
  readonly hasAnswered: () => boolean
  readonly peer: () => Peer | undefined
  /** Makes another connection. Rejects if that is impossible, or has been replaced meanwhile. */
  readonly connect: (describe: (made: Peer) => Promise<Description>) => Promise<Description>
  /** Gets what was missed. */
  readonly resume: () => Promise<void>
  /** Sound and picture are interrupted. */
  readonly onInterrupted: () => void
  /** The other party's page was closed, and has not come back. */
  readonly onLeft: () => void
  readonly onFailed: () => void
}

/** A page is loaded again, and connected, within a few seconds. */
const leftMs = 8_000

export function createReloads(parts: ReloadParts): Reloads {
  const { line, over, call, peer, onFailed } = parts
  /** What this page, loaded again, offers, until it is answered. */
  let offer: Description | undefined
  let isReplaced = false
  /** Runs since the other party's page was left. */
  let leaving: ReturnType<typeof setTimeout> | undefined

  function waitForOther(): void {
    parts.onInterrupted()
    leaving = setTimeout(parts.onLeft, leftMs)
  }

  /** The other party's page was loaded again. */
  function takeOffer(theirs: Description): void {
    if (theirs.connection === peer()?.name()) return
    // So were both: the offer of the one who has called wins.
    if (offer && !parts.hasAnswered()) line.send(offer)
    else {
      offer = undefined
      void replace((made) => made.answer(theirs, true))
    }
  }

  async function takeAnswer(theirs: Description): Promise<void> {
    if (theirs.connection !== offer?.connection) return
    offer = undefined
    await peer()?.accept(theirs).catch(onFailed)
  }

  /** Replaces the connection; resolves to what has described the new one, or to undefined if that is replaced already. */
  async function replace(describe: (made: Peer) => Promise<Description>): Promise<Description | undefined> {
    isReplaced = true
    let made: Peer | undefined
    try {
      const description = await parts.connect((one) => {
        made = one
        return describe(one)
      })
      if (made !== peer()) return undefined
      line.open()
      line.send(description)
      return description
    } catch {
      if (made === peer()) onFailed()
      return undefined
    }
  }

  return {
    take(late) {
      clearTimeout(leaving)
      if (late.type === 'leaving') waitForOther()
      else if (late.type === 'offer' && late.connection !== undefined) takeOffer(late)
      else if (late.type === 'answer' && late.connection !== undefined) void takeAnswer(late)
      else if (late.type !== 'back') return late
      return undefined
    },
    leave({ microphone, camera }) {
      const { callId, direction, with: other, name, userId, media, ticketId, connectedAt, hold } = call()
      if (callId === null || peer()?.name() === undefined) return false
      const isKept = keepCall({
        ...{ callId, direction, with: other, name, userId, media, ticketId, connectedAt },
        isHeld: hold.here,
        hasAnswered: parts.hasAnswered(),
        ...line.counts(),
        microphone: microphone.status === 'on',
        camera: camera.status === 'on',
      })
      if (isKept) line.send({ type: 'leaving' })
      return isKept
    },
    async comeBack(open) {
      line.open()
      line.send({ type: 'back' })
      await parts.resume()
      // What is opened now nobody would turn off: the end has done so already.
      if (over.aborted) return
      await open()
      // The other party's page may have been loaded again too, and be first.
      if (!over.aborted && !isReplaced) offer = await replace((made) => made.offer())
    },
    stop: () => clearTimeout(leaving),
  }
}
