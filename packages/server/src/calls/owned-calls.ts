import type { CallDevice, PushOf } from '@dowellchat/protocol'
import { deviceKey } from '../stores/device-key.ts'
import { SentSignals } from './sent-signals.ts'

/** What this server remembers of a call that it looks after. */
export interface OwnedCall {
  readonly workspace_id: string
  /** What its callee is sent; undefined once it rings no more. Kept in memory alone. */
  offer: PushOf<'callUser'> | undefined
  /** Since when a device of it is connected to no server, by the clock of `performance.now()`. */
  readonly missingSince: Map<string, number>
  readonly signals: SentSignals
  /** The connections that were rung after it was made, so that none of them is rung twice. */
  readonly rung: Set<string>
}

interface Beginning {
  readonly offer?: PushOf<'callUser'>
  /** The seq of the last signal so far. */
  readonly seq: number
}

/** The open calls that this server looks after, by their ids. */
export class OwnedCalls {
  readonly #calls = new Map<string, OwnedCall>()

  get size(): number {
    return this.#calls.size
  }

  ids(): string[] {
    return [...this.#calls.keys()]
  }

  get(callId: string): OwnedCall | undefined {
    return this.#calls.get(callId)
  }

  add(workspace_id: string, callId: string, { offer, seq }: Beginning): OwnedCall {
    const known = this.#calls.get(callId)
    if (known) {
      // A look at what is stored may have found it before its request has told of it.
      known.offer ??= offer
      return known
    }
    const call = {
      workspace_id,
      offer,
      missingSince: new Map(),
      signals: new SentSignals(seq),
      rung: new Set<string>(),
    }
    this.#calls.set(callId, call)
    return call
  }

  /** A device of a call has gone, at this moment. */
  left(callId: string, device: CallDevice): void {
    this.#calls.get(callId)?.missingSince.set(deviceKey(device), performance.now())
  }

  /** Since when the first of those devices is gone that are not back; undefined where none is. */
  missingSince(): number | undefined {
    let first: number | undefined
    for (const { missingSince } of this.#calls.values())
      for (const since of missingSince.values()) first = Math.min(first ?? since, since)
    return first
  }

  /** It rings no more. */
  dropOffer(callId: string): void {
    const call = this.#calls.get(callId)
    call?.rung.clear()
    if (call) call.offer = undefined
  }

  delete(callId: string): void {
    this.#calls.delete(callId)
  }
}
