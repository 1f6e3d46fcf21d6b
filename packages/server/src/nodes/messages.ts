import * as z from 'zod/mini'

const Text = z.string()
const Seq = z.int().check(z.nonnegative())
const Places = z.array(z.tuple([Text, Text]))
const Device = z.object({ user_id: Text, device_id: Text })
const Points = z.number().check(z.nonnegative())

/** What servers say to each other over the bus. A kind that a server does not know is ignored: it is a newer one's. */
export const messages = {
  /** Says that the sender lives, and numbers what it has sent. */
  beat: z.object({}),
  /** The sender ends, and says nothing after this. */
  leaving: z.object({}),
  /** Streams have grown: their workspaces, names and last seqs. */
  heads: z.object({ heads: z.array(z.tuple([Text, Text, Seq])) }),
  /** The log of shared changes has grown. */
  changes: z.object({}),
  /** A device has connected, with which socket, and what its server had heard of others by then: the numbers of their messages. */
  device: z.object({
    workspace_id: Text,
    user_id: Text,
    device_id: Text,
    socket: Text,
    heard: z.array(z.tuple([Text, Seq])),
  }),
  /** The points that users and workspaces have taken at the sender since it last said so, by the keys of their buckets. */
  spent: z.object({ users: z.array(z.tuple([Text, Points])), workspaces: z.array(z.tuple([Text, Points])) }),
  /** A fact for sockets: to whom, what, and its data, which is read where it is sent on. Neither kept nor logged. */
  fact: z.object({ to: z.unknown(), fact: Text, data: z.unknown() }),
  /**
   * Who is there has changed at the sender, as workspaces with users, and with streams; `settings`: users who want to be shown
   * otherwise. `all`: more has changed than it says.
   */
  presence: z.object({ users: Places, streams: Places, settings: Places, all: z.boolean() }),
  /** Asks the owner of a call that rings to ring a device that has come. */
  ring: z.object({
    workspace_id: Text,
    callId: Text,
    device: Device,
    /** Of its connection; servers before 0.12 do not say it. */
    socket_id: z.optional(Text),
  }),
  /** Tells the owner of a call that it was answered. The answer is kept in its memory alone. */
  call_answered: z.object({
    workspace_id: Text,
    callId: Text,
    by: Device,
    from: Text,
    seq: Seq,
    signal: z.unknown(),
  }),
  /** A question to everybody. Those who answer send an `answer`. */
  question: z.object({ id: Text, question: Text, data: z.unknown() }),
  answer: z.object({ id: Text, data: z.unknown() }),
} as const satisfies Record<string, z.core.$ZodType>

export type NodeMessages = { [K in keyof typeof messages]: z.output<(typeof messages)[K]> }
export type NodeMessageKind = keyof NodeMessages

/** Around every message. `n` counts what the sender has sent, so that a loss shows; `to` is the only server it is for. */
const Envelope = z.object({
  from: Text,
  n: Seq,
  to: z.optional(Text),
  kind: Text,
  data: z.unknown(),
})
type Envelope = z.output<typeof Envelope>

/** What is longer is neither sent nor read, in characters. */
const mostLength = 1024 * 1024

/** The text of a message; undefined where it is too long to be sent. */
export function textOf(envelope: Envelope): string | undefined {
  const text = JSON.stringify(envelope)
  return text.length > mostLength ? undefined : text
}

/** Reads a text of the bus; undefined where it is no message of a server. */
export function envelopeIn(text: string): Envelope | undefined {
  if (text.length > mostLength) return undefined
  try {
    const read = z.safeParse(Envelope, JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

export function isKnown(kind: string): kind is NodeMessageKind {
  return Object.hasOwn(messages, kind)
}
