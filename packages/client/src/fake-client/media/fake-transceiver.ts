import { type Direction, isReceiving, isSending } from './fake-sdp.ts'
import { FakeTrack, type TrackKind, type TrackSource } from './fake-track.ts'

/** A place for sound or a picture each way, an `RTCRtpTransceiver`. */
export class FakeTransceiver {
  readonly sender: FakeSender
  readonly receiver: { readonly track: FakeTrack }
  mid: string | null = null
  currentDirection: Direction | null = null
  /** What was settled with the other party. */
  settled: Direction | null = null
  /** Whether the other party's track was announced. */
  isAnnounced = false
  #direction: Direction
  /** What comes from the other party. */
  #coming: FakeTrack | null = null
  readonly #onChange: () => void

  constructor(kind: TrackKind, direction: Direction, onChange: () => void) {
    this.#direction = direction
    this.#onChange = onChange
    this.sender = new FakeSender(kind, onChange)
    const level = (): number => this.#coming?.level ?? 0
    const source: TrackSource = {
      ...{ kind, label: `remote ${kind}`, deviceId: '', onChange() {} },
      get level() {
        return level()
      },
    }
    this.receiver = { track: new FakeTrack(source, true) }
  }

  get direction(): Direction {
    return this.#direction
  }

  set direction(direction: Direction) {
    this.#direction = direction
    this.#onChange()
  }

  /** Takes what comes from the other party's place for the same; nothing without it. */
  receive(from: FakeTransceiver | undefined): void {
    const sent = from && isSending(from.currentDirection) ? from.sender.track : null
    this.#coming = sent?.readyState === 'live' && isReceiving(this.currentDirection) ? sent : null
    this.receiver.track.setMuted(this.#coming === null)
  }
}

/** An `RTCRtpSender`. */
export class FakeSender {
  track: FakeTrack | null = null
  isClosed = false
  readonly #kind: TrackKind
  readonly #onChange: () => void

  constructor(kind: TrackKind, onChange: () => void) {
    this.#kind = kind
    this.#onChange = onChange
  }

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    if (this.isClosed) throw new DOMException('The connection is closed', 'InvalidStateError')
    if (track && track.kind !== this.#kind) throw new TypeError(`This sender is for ${this.#kind}`)
    this.track = track
    this.#onChange()
  }

  /** Which streams they are is not told to the other party. */
  setStreams(): void {}
}
