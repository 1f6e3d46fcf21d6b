import { randomUUID } from 'node:crypto'
import type { CallEndReason } from '@dowellchat/protocol'
import type { TestChat, TestSocket } from '../../../src/testing/connect.ts'
import { comeBack, drop } from '../drop.ts'
import type { Random } from '../line/random.ts'
import { answer, callTo } from '../phones.ts'

/** One of a person's devices, which may be away. */
interface Phone {
  readonly user: string
  readonly device_id: string
  socket: TestSocket | undefined
  /** What it has heard on earlier connections. */
  readonly before: TestSocket[]
}

const steps = [
  'call',
  'call',
  'answer',
  'answer',
  'decline',
  'busy',
  'end',
  'fail',
  'signal',
  'report',
  'drop',
  'leave',
  'come back',
  'come back',
] as const
type Step = (typeof steps)[number]

/** By when all calls are over once nobody does anything any more. */
const overMs = 15_000

/** Three people with two devices each, who do at random what people do with calls. */
export class CallSequence {
  readonly #chat: TestChat
  readonly #random: Random
  readonly #people: readonly string[]
  readonly #phones: Phone[]
  /** The calls that anybody has heard of. */
  readonly #calls = new Set<string>()
  /** What requests have answered about why calls have ended. */
  readonly #reasons = new Map<string, Set<CallEndReason>>()
  readonly #done: string[] = []
  /** Two connections of a device at once would leave it with either, of which the server ends one. */
  readonly #coming = new Map<Phone, Promise<void>>()

  constructor(chat: TestChat, random: Random, name: string) {
    this.#chat = chat
    this.#random = random
    this.#people = [`ann-${name}`, `ben-${name}`, `cat-${name}`]
    this.#phones = this.#people.flatMap((user) =>
      [1, 2].map(() => ({ user, device_id: randomUUID(), socket: undefined, before: [] })),
    )
  }

  /** Takes so many steps, then waits until all calls are over. @throws where something is not as it should be */
  async run(count: number): Promise<void> {
    try {
      for (const phone of this.#phones) await this.#connect(phone)
      for (let n = 0; n < count; n++) {
        const phone = this.#random.oneOf(this.#phones)
        const step = this.#random.oneOf(steps)
        if (!phone || !step) continue
        // Some wait for each other, some do not.
        const taken = this.#take(step, phone)
        if (this.#random.below(3) > 0) await taken
        else void taken.catch(() => undefined)
        await this.#expectOneEach()
      }
      await this.#untilOver()
      this.#expectOneReason()
    } catch (error) {
      throw new Error(`${(error as Error).message} after ${this.#done.join(', ')}`)
    } finally {
      for (const { socket } of this.#phones) socket?.socket.disconnect()
    }
  }

  #connect(phone: Phone): Promise<void> {
    const coming = this.#coming.get(phone) ?? this.#open(phone).finally(() => this.#coming.delete(phone))
    this.#coming.set(phone, coming)
    return coming
  }

  async #open(phone: Phone): Promise<void> {
    phone.socket = await comeBack(this.#chat, phone.user, phone.device_id)
    await phone.socket.first('hello')
  }

  async #take(step: Step, phone: Phone): Promise<void> {
    const { socket } = phone
    this.#done.push(`${phone.user.slice(0, 3)} ${this.#phones.indexOf(phone)} ${step}`)
    if (!socket) return step === 'come back' ? this.#connect(phone) : undefined
    if (step === 'come back') return
    if (step === 'drop' || step === 'leave') {
      phone.socket = undefined
      phone.before.push(socket)
      if (step === 'leave') socket.socket.disconnect()
      else await drop(socket)
      return
    }
    if (step === 'call') {
      const other = this.#random.oneOf(this.#people.filter((one) => one !== phone.user)) ?? ''
      const answered = await socket.ask('callUser', callTo(other))
      if (answered.status === 'success') this.#calls.add((answered.data as { callId: string }).callId)
      return
    }
    const callId = this.#random.oneOf([...this.#heardOf(phone), ...this.#calls])
    if (callId !== undefined) await this.#ask(step, socket, callId)
  }

  async #ask(step: Step, socket: TestSocket, callId: string): Promise<void> {
    const asked = {
      answer: ['answerCall', { callId, signal: answer }],
      decline: ['rejectCall', { callId }],
      busy: ['rejectCall', { callId, reason: 'busy' }],
      end: ['endCall', { callId }],
      fail: ['endCall', { callId, reason: 'failed' }],
      signal: ['signalCall', { callId, signal: answer }],
      report: ['reportCall', { callId, state: 'connected' }],
    } as const
    const [event, payload] = asked[step as keyof typeof asked]
    const answered = await socket.ask(event, payload)
    if (answered.status === 'success' && (event === 'endCall' || event === 'rejectCall')) {
      const { reason } = answered.data as { reason: CallEndReason | null }
      if (reason !== null) this.#note(callId, reason)
    } else if (answered.status === 'failure' && !['not_found', 'conflict'].includes(answered.error.code))
      throw new Error(`${event}: ${answered.error.code}`)
  }

  #note(callId: string, reason: CallEndReason): void {
    this.#reasons.set(callId, (this.#reasons.get(callId) ?? new Set()).add(reason))
  }

  #heardOf({ socket }: Phone): string[] {
    return (socket?.frames ?? []).flatMap(([event, push]) =>
      event === 'callUser' ? (push as { callId: string }).callId : [],
    )
  }

  /** Nobody is in two calls that were answered. */
  async #expectOneEach(): Promise<void> {
    for (const user of this.#people) {
      const socket = this.#phones.find((phone) => phone.user === user && phone.socket)?.socket
      const answered = await socket?.ask('get_calls', {}).catch(() => undefined)
      if (answered?.status !== 'success') continue
      const { calls } = answered.data as { calls: { state: string }[] }
      const talking = calls.filter(({ state }) => state !== 'ringing' && state !== 'ended')
      if (talking.length > 1) throw new Error(`${user} is in ${talking.length} calls`)
    }
  }

  /** Nothing rings, and nothing waits for somebody, for ever. Whoever is in a call hangs up. */
  async #untilOver(): Promise<void> {
    for (const phone of this.#phones) if (!phone.socket) await this.#connect(phone)
    const deadline = performance.now() + overMs
    for (;;) {
      const open = await this.#hangUp()
      if (open.length === 0) return
      if (performance.now() > deadline) throw new Error(`Open after ${overMs} ms: ${open.join(', ')}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  /** Ends what was answered; answers what was open. */
  async #hangUp(): Promise<string[]> {
    const open: string[] = []
    for (const { socket } of this.#phones) {
      const { calls } = (await socket?.request('get_calls', {})) ?? { calls: [] }
      for (const { _id, state } of calls) {
        if (state === 'ended') continue
        open.push(`${_id} ${state}`)
        if (state !== 'ringing') await socket?.ask('endCall', { callId: _id })
      }
    }
    return open
  }

  /** Everybody who heard of a call's end heard the same reason, and the history says so too. */
  #expectOneReason(): void {
    for (const { socket, before } of this.#phones) {
      const frames = [...before, ...(socket ? [socket] : [])].flatMap((one) => one.frames)
      const ends = frames.flatMap(([event, push]) =>
        event === 'callEnded' ? [push as { callId: string; reason: CallEndReason }] : [],
      )
      const byCall = new Map<string, CallEndReason[]>()
      for (const { callId, reason } of ends) byCall.set(callId, [...(byCall.get(callId) ?? []), reason])
      for (const [callId, reasons] of byCall) {
        if (reasons.length > 1) throw new Error(`${callId} ended twice: ${reasons.join(', ')}`)
        if (reasons[0] && reasons[0] !== 'answered_elsewhere') this.#note(callId, reasons[0])
      }
    }
    for (const [callId, reasons] of this.#reasons)
      if (reasons.size > 1) throw new Error(`${callId} ended as ${[...reasons].join(' and ')}`)
  }
}
