/**
 * A server whose beat has not risen for so long has ended, also if it still speaks: without the store it serves nobody. Timers
 * are a little early at times, and four looks shall be enough.
 */
const endedMs = 3_900
/**
 * One that does not speak on the bus either has ended sooner, after three looks. A beat is read within a second, so a killed
 * server is known within four, which leaves one to say whom that concerns. One that stands still for less is not taken for dead.
 */
const silentEndedMs = 2_900
/** What one look at the rows counts at most: a gap in one's own looks is no silence of others. */
const mostLookMs = 1_500
/**
 * A server that has not been heard in so many turns of listening, four a second, may be saying things that do not arrive: two of
 * its beats are missing. A pause of one's own is one turn, after which it is read what has come.
 */
const silentTurns = 5

/** What is known of another server on the store. */
export class Other {
  #beat: number
  /** For how long its beat has not risen, counted over the times in which the rows could be read. */
  #stillMs = 0
  /** For how long it has said nothing on the bus, counted alike. */
  #quietMs = 0
  #wasHeard = false
  #isAlive = true
  /** Whether it has said that it ends. Its last beat may be read after that. */
  #isLeaving = false
  /** How many turns of listening ago it was heard; undefined if it never was. */
  #silentFor: number | undefined
  #n: number | undefined
  /** The last number that was too low. */
  #low: number | undefined

  constructor(beat: number) {
    this.#beat = beat
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** The number of its last message. */
  get n(): number | undefined {
    return this.#n
  }

  /** How long ago it has ended; 0 if it lives. */
  get endedMs(): number {
    return this.#isAlive ? 0 : this.#stillMs
  }

  get isHeard(): boolean {
    return this.#silentFor !== undefined && this.#silentFor < silentTurns
  }

  /** A turn of listening is over. */
  listen(): void {
    if (this.#silentFor !== undefined) this.#silentFor += 1
  }

  /** Notes what its row says; undefined where there is none any more. @param sinceMs how long after the last look */
  note(beat: number | undefined, sinceMs: number): void {
    this.#quietMs = this.#wasHeard ? 0 : this.#quietMs + Math.min(sinceMs, mostLookMs)
    this.#wasHeard = false
    if (beat === undefined) this.#isAlive = false
    else if (beat === this.#beat) this.#rest(sinceMs)
    else this.#rise(beat)
  }

  leave(): void {
    this.#isAlive = false
    this.#isLeaving = true
  }

  /**
   * Notes the number of a message; answers how many were left out before it, and undefined where it is too low: it repeats
   * an earlier one. Numbers that go on from a low one are true, and what was higher was forged: or one forged number would
   * silence a server for ever.
   */
  hear(n: number): number | undefined {
    const last = this.#n
    const isBack = this.#low !== undefined && n === this.#low + 1
    if (last !== undefined && n <= last && !isBack) {
      this.#low = n
      return undefined
    }
    this.#n = n
    this.#low = undefined
    this.#silentFor = 0
    this.#wasHeard = true
    if (isBack) return 1
    return last === undefined ? 0 : n - last - 1
  }

  #rest(sinceMs: number): void {
    this.#stillMs += Math.min(sinceMs, mostLookMs)
    // Where there is no bus, silence means nothing.
    const isSilent = this.#silentFor !== undefined && this.#quietMs >= silentEndedMs
    if (this.#stillMs >= (isSilent ? silentEndedMs : endedMs)) this.#isAlive = false
  }

  #rise(beat: number): void {
    this.#beat = beat
    this.#stillMs = 0
    if (this.#isLeaving) this.#isLeaving = false
    else this.#isAlive = true
  }
}
