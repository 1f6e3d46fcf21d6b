import { type CallDevice, isSameDevice, isUnderWay, type SentSignal } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { devicesOf } from '../delivery/audience.ts'
import { RequestError } from '../errors.ts'
import type { Call } from '../stores/store.ts'
import type { CallParts } from './call-parts.ts'
import type { OrphanedCalls } from './orphaned-calls.ts'
import type { OwnedCalls } from './owned-calls.ts'
import type { SentSignals } from './sent-signals.ts'

const Text = z.string()
const Device = z.object({ user_id: Text, device_id: Text })
const Question = {
  send: z.object({
    workspace_id: Text,
    callId: Text,
    by: Device,
    to: z.nullable(Device),
    from: z.optional(Text),
    nth: z.optional(z.int()),
    signal: z.unknown(),
  }),
  missed: z.object({ workspace_id: Text, callId: Text, device: Device, seq: z.int() }),
}
type ToSend = z.output<typeof Question.send>
type ToRead = z.output<typeof Question.missed>

/** What an owner says of a signal: its seq, 0 while it waits for the answer; null if too many wait. */
const Sent = z.object({ seq: z.nullable(z.int()) })
type Sent = z.output<typeof Sent>
const Missed = z.object({
  signals: z.array(z.object({ seq: z.int(), signal: z.unknown(), kind: z.enum(['answer', 'signal']) })),
  complete: z.boolean(),
})
type Missed = { signals: SentSignal[]; complete: boolean }

/** Passes on what the parties of a call send each other. The call's owner counts and keeps it, whichever server it comes to. */
export class CallSignals {
  readonly #parts: CallParts
  readonly #owned: OwnedCalls
  readonly #orphaned: OrphanedCalls

  constructor(parts: CallParts, owned: OwnedCalls, orphaned: OrphanedCalls) {
    this.#parts = parts
    this.#owned = owned
    this.#orphaned = orphaned
    const { nodes } = parts
    nodes.on('call_answered', ({ workspace_id, callId, ...answer }) =>
      this.#answered(workspace_id, callId, answer),
    )
    nodes.answer('call_signal', (data) => {
      const read = z.safeParse(Question.send, data)
      return read.success ? this.#send(read.data) : null
    })
    nodes.answer('call_missed', (data) => {
      const read = z.safeParse(Question.missed, data)
      return read.success ? this.#missed(read.data) : null
    })
  }

  /** Sends a party's signal to the other one; answers its seq, 0 while it waits for the answer. */
  async send(
    workspace_id: string,
    call: Call,
    { by, nth, signal }: { by: CallDevice; nth: number | undefined; signal: unknown },
  ): Promise<number> {
    const isCaller = isSameDevice(call.caller, by)
    const to = isUnderWay(call) ? (isCaller ? call.answered_by : call.caller) : null
    const toSend = { workspace_id, callId: call._id, by, to, signal, ...(isCaller && { from: call.from }) }
    const question = { ...toSend, ...(nth !== undefined && { nth }) }
    const sent = (await this.#orphaned.owns({ workspace_id, call }))
      ? this.#send(question)
      : this.#read(Sent, await this.#parts.nodes.askOne(call.owner, 'call_signal', question))
    if (!sent) throw new RequestError('unavailable', 'The call cannot be reached now')
    if (sent.seq === null) throw new RequestError('limit_reached', 'Too many signals wait for the answer')
    return sent.seq
  }

  /** Keeps the answer of a call, and sends what has waited for it. */
  answered(workspace_id: string, call: Call, signal: unknown): void {
    const { nodes } = this.#parts
    const { _id: callId, owner, from, seq, answered_by } = call
    if (!answered_by) return
    const answer = { by: answered_by, seq, signal, from }
    if (owner === nodes.id) this.#answered(workspace_id, callId, answer)
    else nodes.tell('call_answered', { workspace_id, callId, ...answer }, owner)
  }

  /** What the other party has sent after a seq. */
  async missed(workspace_id: string, call: Call, device: CallDevice, seq: number): Promise<Missed> {
    const toRead = { workspace_id, callId: call._id, device, seq }
    if (await this.#orphaned.owns({ workspace_id, call })) return this.#missed(toRead)
    const answer = await this.#parts.nodes.askOne(call.owner, 'call_missed', toRead)
    return this.#read(Missed, answer) ?? { signals: [], complete: false }
  }

  /** Null where this server does not look after the call any more. */
  #send({ workspace_id, callId, by, to: read, from, nth, signal }: ToSend): Sent | null {
    const signals = this.#signalsOf(workspace_id, callId)
    if (!signals) return null
    if (signals.isRepeated(by, nth)) return { seq: 0 }
    // It may have been answered since the call was read. Where nobody has told of the answer yet, what waits goes first.
    const to = read ?? signals.answeredBy
    if (!to) return { seq: signals.wait(by, nth, signal) ? 0 : null }
    if (from !== undefined) this.#release(workspace_id, callId, to, from)
    const sent = signals.add(by, nth, signal)
    this.#push(workspace_id, callId, to, { ...sent, ...(from !== undefined && { from }) })
    return { seq: sent.seq }
  }

  #missed({ workspace_id, callId, device, seq }: ToRead): Missed {
    const signals = this.#signalsOf(workspace_id, callId)
    return signals?.after(device, seq) ?? { signals: [], complete: false }
  }

  #answered(
    workspace_id: string,
    callId: string,
    { by, seq, signal, from }: { by: CallDevice; seq: number; signal: unknown; from: string },
  ): void {
    const signals = this.#signalsOf(workspace_id, callId)
    if (!signals) return
    this.#owned.dropOffer(callId)
    signals.answered(by, seq, signal)
    this.#release(workspace_id, callId, by, from)
  }

  /** Sends what the caller has said before the answer. */
  #release(workspace_id: string, callId: string, to: CallDevice, from: string): void {
    const early = this.#signalsOf(workspace_id, callId)?.release() ?? []
    for (const sent of early) this.#push(workspace_id, callId, to, { ...sent, from })
  }

  #signalsOf(workspace_id: string, callId: string): SentSignals | undefined {
    const owned = this.#owned.get(callId)
    return owned?.workspace_id === workspace_id ? owned.signals : undefined
  }

  #push(workspace_id: string, callId: string, to: CallDevice, sent: SentSignal & { from?: string }): void {
    this.#parts.push(devicesOf(workspace_id, [to]), 'callSignal', { callId, ...sent })
  }

  #read<S extends z.core.$ZodType>(schema: S, data: unknown): z.output<S> | undefined {
    if (data === undefined || data === null) return undefined
    return this.#parts.nodes.read(schema, data)
  }
}
