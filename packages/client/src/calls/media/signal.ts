import { bool, object, oneOf, only, optional, read, text } from '../../requests/readers.ts'

/** What `simple-peer`, and so V2's pages, send and understand. They ignore `video`, which only our SDK sends. */
export interface Description {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
  /** Whether the caller's camera is on. */
  readonly video?: boolean | undefined
}
const description = object<Description>({
  type: oneOf<Description['type']>(only('offer'), only('answer')),
  sdp: text,
  video: optional(bool),
})

/** Reads another client's signal: an object, or its JSON text. Throws if it is no session description. */
export function readSignal(signal: unknown): Description {
  return description(parsedSignal(signal))
}

/** Whether a caller sends a picture. Our offers say so in `video`, since they always have a place for one. */
export function hasVideo(signal: unknown): boolean {
  const offer = read(description, parsedSignal(signal))
  return offer?.video ?? offer?.sdp.split('\nm=').some(isVideoSent) ?? false
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
