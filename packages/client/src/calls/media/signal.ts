import { any, bool, object, oneOf, only, optional, read, text, whole } from '../../requests/readers.ts'
import type { IncomingCall } from '../call.ts'

/** What `simple-peer`, and so V2's pages, send and understand. They ignore the fields that only our SDK sends. */
export interface Description {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
  /** Whether the caller's camera is on. */
  readonly video?: boolean | undefined
  /** Whether the sender understands what comes after offer and answer (`signalCall`). */
  readonly trickle?: boolean | undefined
  /** Which of its renewed offers this is, or which one it answers: an answer to an earlier one is no use any more. */
  readonly nr?: number | undefined
  /**
   * In the first offer of a connection its name, which the answer repeats. Another name in a call that was answered is a new
   * connection: the sender's page was loaded again.
   */
  readonly connection?: string | undefined
}

/** A way to reach the sender, in the form of `simple-peer`. */
export interface Candidate {
  readonly type: 'candidate'
  readonly candidate: RTCIceCandidateInit
}

/** Asks the caller, whose offers win, for a new one. */
export interface Renewal {
  readonly type: 'renegotiate'
}

/** The sender's page is closed, or loaded again. */
export interface Leaving {
  readonly type: 'leaving'
}

/** The sender's page was loaded again, and goes on. */
export interface Back {
  readonly type: 'back'
}

/** What goes on within one connection. */
export type ConnectionSignal = Description | Candidate | Renewal
export type LateSignal = ConnectionSignal | Leaving | Back

const description = object<Description>({
  type: oneOf<Description['type']>(only('offer'), only('answer')),
  sdp: text,
  video: optional(bool),
  trickle: optional(bool),
  nr: optional(whole),
  connection: optional(text),
})
// The browser reads the candidate itself.
const candidate = object<Candidate>({ type: only('candidate'), candidate: any as () => RTCIceCandidateInit })
const renewal = object<Renewal>({ type: only('renegotiate') })
const leaving = object<Leaving>({ type: only('leaving') })
const back = object<Back>({ type: only('back') })
const late = oneOf<LateSignal>(description, candidate, renewal, leaving, back)

/** Reads another client's offer or answer: an object, or its JSON text. Throws if it is none. */
export function readDescription(signal: unknown): Description {
  return description(parsedSignal(signal))
}

/** Reads what another client sends later; undefined if it is nothing that this client understands. */
export function readLateSignal(signal: unknown): LateSignal | undefined {
  return read(late, parsedSignal(signal))
}

/** Whether the sender of an offer understands what comes after offer and answer. */
export function understandsMore(offer: unknown): boolean {
  return read(description, parsedSignal(offer))?.trickle === true
}

/**
 * What a caller begins with. Our offers say in `video` whether the camera is on, since they always have a place for a picture;
 * what V2's pages begin with is only in the offer.
 * @param media is what the server says of it
 */
export function beginningOf(signal: unknown, media?: string): Pick<IncomingCall, 'media' | 'hasVideo'> {
  const offer = read(description, parsedSignal(signal))
  const hasPlace = offer?.sdp.split('\nm=').some(isVideoSent) ?? false
  const hasVideo = offer?.video ?? hasPlace
  const isVideo = media === undefined ? hasVideo : hasPlace && media !== 'audio'
  return { hasVideo, media: isVideo ? 'video' : 'audio' }
}

function isVideoSent(section: string): boolean {
  return section.startsWith('video') && !/^a=(recvonly|inactive)/m.test(section)
}

function parsedSignal(signal: unknown): unknown {
  return typeof signal === 'string' ? parseJson(signal) : signal
}

/** The value of a JSON text; undefined if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
