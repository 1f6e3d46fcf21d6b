import * as z from 'zod/mini'

/** What `simple-peer`, and so V2's pages, make and understand; they pass over `video`, which is ours. */
const Description = z.object({
  type: z.enum(['offer', 'answer']),
  sdp: z.string(),
  /** Whether the caller's camera is on. */
  video: z.optional(z.boolean()),
})
export type Description = z.infer<typeof Description>

/** Reads what another client sent: an object, or its JSON text. Throws where it is no description. */
export function readSignal(signal: unknown): Description {
  return z.parse(Description, parsedSignal(signal))
}

/** Whether a caller sends a picture. Our offers say it, since they have a place for one in any case. */
export function hasVideo(signal: unknown): boolean {
  const offer = z.safeParse(Description, parsedSignal(signal)).data
  return offer?.video ?? offer?.sdp.split('\nm=').some(isVideoSent) ?? false
}

function isVideoSent(section: string): boolean {
  return section.startsWith('video') && !/^a=(recvonly|inactive)/m.test(section)
}

function parsedSignal(signal: unknown): unknown {
  return typeof signal === 'string' ? parseJson(signal) : signal
}

/** What a JSON text says; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
