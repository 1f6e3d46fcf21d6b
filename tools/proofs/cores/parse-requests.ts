import { type PayloadOf, requests } from '../../../packages/protocol/src/index.ts'

export type Payload = PayloadOf<'message_event'>

/** What the server does with a request before it looks at who sent it: parses and validates. */
export function parseRequest(frame: string): Payload {
  const [, payload] = JSON.parse(frame) as [string, unknown]
  const parsed = requests.message_event.payload.safeParse(payload)
  if (!parsed.success) throw parsed.error
  return parsed.data
}

/** What the thread is given, and gives back: as it is, as a text for each payload, or as one text for all. */
export type Handed = readonly string[] | string
export type Parsed = readonly Payload[] | readonly string[] | string

/** How requests go to a thread and come back. What comes back in texts was validated there, and is only parsed here. */
export const ways: Readonly<
  Record<
    string,
    {
      readonly hand: (frames: readonly string[]) => Handed
      readonly parse: (handed: Handed) => Parsed
      readonly take: (parsed: Parsed) => readonly Payload[]
    }
  >
> = {
  'structured clone': {
    hand: (frames) => frames,
    parse: (handed) => (handed as readonly string[]).map(parseRequest),
    take: (parsed) => parsed as readonly Payload[],
  },
  'a JSON text each': {
    hand: (frames) => frames,
    parse: (handed) => (handed as readonly string[]).map((frame) => JSON.stringify(parseRequest(frame))),
    take: (parsed) => (parsed as readonly string[]).map((text) => JSON.parse(text) as Payload),
  },
  'one text for all': {
    hand: (frames) => frames.join('\n'),
    parse: (handed) => JSON.stringify((handed as string).split('\n').map(parseRequest)),
    take: (parsed) => JSON.parse(parsed as string) as Payload[],
  },
}
