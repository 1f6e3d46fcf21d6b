/** What a message list needs to have, to be checked. */
export interface Shown {
  readonly _id: string
  /** Its number among the messages: other entries have a `seq`, too. */
  readonly nth: number | null
  /** One's own message stands at the end as soon as it is answered, whatever has still to come before it. */
  readonly isOwn?: boolean
}

/** What one reader's list of a room has shown, one look after the other. */
export class Heard {
  /** The ids, by `nth`, of everything that was ever shown. */
  readonly ids = new Map<number, string>()
  repeated = 0
  disordered = 0
  /** A place that showed one message and later another one. */
  replaced = 0
  /** Places of others' messages that were left out: what is shown goes on without a hole. */
  gaps = 0
  #length = 0
  #last = 0

  /** Looks at the whole list. Costs what is new in it. */
  look(messages: readonly Shown[]): void {
    const isGrown = messages.length >= this.#length && (messages[this.#length - 1]?.nth ?? 0) === this.#last
    const from = isGrown ? this.#length : 0
    let before = from === 0 ? 0 : this.#last
    for (const { nth, _id, isOwn = false } of messages.slice(from)) {
      if (nth === null) continue
      if (nth === before) this.repeated += 1
      if (nth < before) this.disordered += 1
      // Whoever has come late begins with the newest page.
      if (!isOwn && before > 0 && nth > before + 1) this.gaps += 1
      before = nth
      const known = this.ids.get(nth)
      if (known !== undefined && known !== _id) this.replaced += 1
      this.ids.set(nth, _id)
    }
    this.#length = messages.length
    this.#last = messages.at(-1)?.nth ?? 0
  }
}
