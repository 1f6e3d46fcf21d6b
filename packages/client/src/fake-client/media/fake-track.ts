import { uuid } from '../../uuid.ts'
import { eventOf } from './soon.ts'

export type TrackKind = 'audio' | 'video'

/** Where tracks come from: a device that was opened, a screen that is shared, or the other party. */
export interface TrackSource {
  readonly kind: TrackKind
  readonly label: string
  readonly deviceId: string
  /** How loud it is, from 0 to 1. */
  level: number
  /** One of its tracks has begun or ended. */
  readonly onChange: (track: FakeTrack) => void
}

/** A `MediaStreamTrack` that carries nothing. */
export class FakeTrack extends EventTarget {
  readonly id: string = uuid()
  readonly source: TrackSource
  enabled = true
  contentHint = ''
  #muted: boolean
  #isLive = true

  constructor(source: TrackSource, muted = false) {
    super()
    this.source = source
    this.#muted = muted
    source.onChange(this)
  }

  get kind(): TrackKind {
    return this.source.kind
  }

  get label(): string {
    return this.source.label
  }

  get muted(): boolean {
    return this.#muted
  }

  get readyState(): 'live' | 'ended' {
    return this.#isLive ? 'live' : 'ended'
  }

  /** What can be heard of it. */
  get level(): number {
    return this.#isLive && this.enabled && !this.#muted ? this.source.level : 0
  }

  getSettings = (): object => ({ deviceId: this.source.deviceId })
  getConstraints = (): object => ({})
  getCapabilities = (): object => ({ deviceId: this.source.deviceId })
  applyConstraints = async (): Promise<void> => {}

  clone(): FakeTrack {
    const copy = new FakeTrack(this.source, this.#muted)
    copy.enabled = this.enabled
    if (!this.#isLive) copy.stop()
    return copy
  }

  /** Fires no event: who stops it knows. */
  stop(): void {
    if (!this.#isLive) return
    this.#isLive = false
    this.source.onChange(this)
  }

  /** Ends it as a device does that is pulled out. */
  end(): void {
    if (!this.#isLive) return
    this.stop()
    this.dispatchEvent(eventOf('ended'))
  }

  /** Says whether anything comes. */
  setMuted(isMuted: boolean): void {
    if (isMuted === this.#muted || !this.#isLive) return
    this.#muted = isMuted
    this.dispatchEvent(eventOf(isMuted ? 'mute' : 'unmute'))
  }
}
