import {
  answerTo,
  type Direction,
  type FakeSdp,
  isSending,
  readSdp,
  reversed,
  type Section,
  writeSdp,
} from './fake-sdp.ts'
import type { TrackKind } from './fake-track.ts'
import { FakeTransceiver } from './fake-transceiver.ts'
import { eventOf, soon } from './soon.ts'

type SignalingState = 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed'

interface Description {
  readonly type: 'offer' | 'answer' | 'rollback'
  readonly sdp: string
}

/** What the two parties have described, in full. */
interface Settled {
  readonly local: Description
  readonly remote: Description
}

/** A place of a description: for sound, a picture, or the data channels. */
type Place = FakeTransceiver | 'data'

/** The part of an `RTCPeerConnection` that offers and answers, as browsers do. */
export abstract class FakeNegotiation extends EventTarget {
  readonly id: string
  signalingState: SignalingState = 'stable'
  iceGatheringState: 'new' | 'gathering' | 'complete' = 'new'
  readonly #transceivers: FakeTransceiver[] = []
  #settled: Settled | null = null
  #pendingLocal: Description | null = null
  #pendingRemote: Description | null = null
  #places: readonly Place[] = []
  #pendingPlaces: readonly Place[] = []
  #wantsRestart = false
  #isNegotiationAsked = false
  #gathered = ''

  constructor(id: string) {
    super()
    this.id = id
  }

  /** Whether there are data channels. */
  protected abstract hasChannels(): boolean
  /** Something has changed. */
  protected abstract changed(): void

  /** Whether the other party knows of data channels. */
  get hasDataPlace(): boolean {
    return this.#places.includes('data')
  }

  /** The own end of the way to the other party, once that is settled. */
  get way(): string | undefined {
    return this.#settled ? readSdp(this.#settled.local.sdp).ufrag : undefined
  }

  get remoteWay(): string | undefined {
    return this.#settled ? readSdp(this.#settled.remote.sdp).ufrag : undefined
  }

  get localDescription(): Description | null {
    return this.#pendingLocal ?? this.currentLocalDescription
  }

  get remoteDescription(): Description | null {
    return this.#pendingRemote ?? this.currentRemoteDescription
  }

  get currentLocalDescription(): Description | null {
    return this.#settled?.local ?? null
  }

  get currentRemoteDescription(): Description | null {
    return this.#settled?.remote ?? null
  }

  getTransceivers = (): FakeTransceiver[] => [...this.#transceivers]
  getSenders = (): object[] => this.#transceivers.map(({ sender }) => sender)
  getReceivers = (): object[] => this.#transceivers.map(({ receiver }) => receiver)

  addTransceiver(
    kind: TrackKind,
    { direction = 'sendrecv' }: { direction?: Direction } = {},
  ): FakeTransceiver {
    this.assertOpen()
    const transceiver = this.#addPlace(kind, direction)
    this.look()
    return transceiver
  }

  restartIce(): void {
    this.#wantsRestart = this.#settled !== null
    this.look()
  }

  async createOffer({ iceRestart = false } = {}): Promise<Description> {
    this.assertOpen()
    const isNew = iceRestart || this.#wantsRestart
    const needsData = this.hasChannels() && !this.hasDataPlace
    const places = [...this.#places, ...this.#added(), ...(needsData ? (['data'] as const) : [])]
    const sections = places.map((place, index) => sectionOf(place, String(index)))
    return { type: 'offer', sdp: writeSdp({ ufrag: this.#nextWay(isNew), sections }) }
  }

  async createAnswer(): Promise<Description> {
    this.#assertState('have-remote-offer')
    const offer = readSdp(this.#pendingRemote?.sdp ?? '')
    const isNew = offer.ufrag !== this.remoteWay
    const sections = offer.sections.map(({ mid, direction }, index) => {
      const section = sectionOf(this.#pendingPlaces[index] ?? 'data', mid)
      return { ...section, direction: answerTo(direction, section.direction) }
    })
    return { type: 'answer', sdp: writeSdp({ ufrag: this.#nextWay(isNew), sections }) }
  }

  async setLocalDescription({ type, sdp }: Partial<Description> = {}): Promise<void> {
    this.assertOpen()
    if (type === 'rollback') return this.#rollBack()
    const isAnswer = type ? type === 'answer' : this.signalingState === 'have-remote-offer'
    const text = sdp || (await (isAnswer ? this.createAnswer() : this.createOffer())).sdp
    const read = readSdp(text)
    if (isAnswer) {
      this.#assertState('have-remote-offer')
      this.#pendingLocal = { type: 'answer', sdp: text }
      this.#settle(read.sections.map(({ direction }) => direction))
    } else {
      this.#assertState('stable', 'have-local-offer')
      this.#pendingLocal = { type: 'offer', sdp: text }
      this.#pendingPlaces = placesOf(read, [...this.#places, ...this.#added()], () => undefined)
      this.#signal('have-local-offer')
    }
    this.#gather(read)
  }

  async setRemoteDescription({ type, sdp }: Description): Promise<void> {
    this.assertOpen()
    if (type === 'rollback') return this.#rollBack()
    const read = readSdp(sdp)
    if (type === 'answer') {
      this.#assertState('have-local-offer')
      this.#pendingRemote = { type, sdp }
      const places = this.#pendingPlaces
      this.#settle(read.sections.map(({ direction }) => reversed(direction)))
      this.#announce(read, places)
    } else {
      // Where two offers cross, this one wins.
      if (this.signalingState === 'have-local-offer') this.#rollBack()
      this.#pendingRemote = { type, sdp }
      this.#pendingPlaces = placesOf(read, this.#places, (kind) => this.#addPlace(kind, 'recvonly'))
      this.#signal('have-remote-offer')
      this.#announce(read, this.#pendingPlaces)
    }
  }

  async addIceCandidate(): Promise<void> {
    if (!this.remoteDescription) throw new DOMException('There is no description', 'InvalidStateError')
  }

  #addPlace(kind: TrackKind, direction: Direction): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, direction, () => this.look())
    this.#transceivers.push(transceiver)
    return transceiver
  }

  /** The places that the other party does not know yet. */
  #added(): FakeTransceiver[] {
    return this.#transceivers.filter((one) => !this.#places.includes(one))
  }

  /** Both descriptions are there. */
  #settle(directions: readonly Direction[]): void {
    const [local, remote] = [this.localDescription, this.remoteDescription]
    if (!local || !remote) return
    const before = this.way
    this.#settled = { local, remote }
    this.#places = this.#pendingPlaces
    this.#pendingLocal = null
    this.#pendingRemote = null
    if (this.way !== before) this.#wantsRestart = false
    for (const [index, place] of this.#places.entries()) {
      if (place === 'data') continue
      place.currentDirection = directions[index] ?? 'inactive'
      place.settled = place.direction
    }
    this.#isNegotiationAsked = false
    this.#signal('stable')
    this.look()
  }

  #rollBack(): void {
    for (const place of this.#pendingPlaces)
      if (place !== 'data' && !this.#places.includes(place)) place.mid = null
    this.#pendingLocal = null
    this.#pendingRemote = null
    this.#isNegotiationAsked = false
    this.#signal('stable')
    this.look()
  }

  /** Tells of the tracks that the other party sends from now on. */
  #announce({ sections }: FakeSdp, places: readonly Place[]): void {
    for (const [index, { direction }] of sections.entries()) {
      const transceiver = places[index]
      if (!transceiver || transceiver === 'data') continue
      const isNew = isSending(direction) && !transceiver.isAnnounced
      transceiver.isAnnounced = isSending(direction)
      const { receiver } = transceiver
      if (isNew)
        this.dispatchEvent(eventOf('track', { transceiver, receiver, track: receiver.track, streams: [] }))
    }
  }

  #gather({ ufrag }: FakeSdp): void {
    if (ufrag === this.#gathered) return
    this.#gathered = ufrag
    const text = `candidate:1 1 udp 2113937151 192.0.2.1 9 typ host ufrag ${ufrag}`
    const candidate = { candidate: text, sdpMid: '0', sdpMLineIndex: 0 }
    const steps = [
      () => this.#setGathering('gathering'),
      () => this.dispatchEvent(eventOf('icecandidate', { candidate })),
      () => this.#setGathering('complete'),
      () => this.dispatchEvent(eventOf('icecandidate', { candidate: null })),
    ]
    for (const step of steps) soon(() => this.signalingState !== 'closed' && step())
  }

  #setGathering(state: FakeNegotiation['iceGatheringState']): void {
    this.iceGatheringState = state
    this.dispatchEvent(eventOf('icegatheringstatechange'))
  }

  #signal(state: SignalingState): void {
    if (this.signalingState === state) return
    this.signalingState = state
    this.dispatchEvent(eventOf('signalingstatechange'))
  }

  /** Something has changed, which may need a new negotiation. */
  protected look(): void {
    this.changed()
    if (this.#isNegotiationAsked || !this.#needsNegotiation()) return
    this.#isNegotiationAsked = true
    soon(() => {
      if (this.#needsNegotiation()) this.dispatchEvent(eventOf('negotiationneeded'))
      else if (this.signalingState === 'stable') this.#isNegotiationAsked = false
    })
  }

  #needsNegotiation(): boolean {
    if (this.signalingState !== 'stable') return false
    if (this.hasChannels() && !this.hasDataPlace) return true
    return this.#wantsRestart || this.#transceivers.some(({ direction, settled }) => direction !== settled)
  }

  #nextWay(isNew: boolean): string {
    const nth = Number(this.way?.split('/')[1] ?? 0)
    return `${this.id}/${isNew || nth === 0 ? nth + 1 : nth}`
  }

  protected assertOpen(): void {
    if (this.signalingState === 'closed')
      throw new DOMException('The connection is closed', 'InvalidStateError')
  }

  #assertState(...states: readonly SignalingState[]): void {
    if (!states.includes(this.signalingState))
      throw new DOMException(`This is not possible in ${this.signalingState}`, 'InvalidStateError')
  }
}

function sectionOf(place: Place, mid: string): Section {
  if (place === 'data') return { kind: 'application', mid, direction: 'sendrecv' }
  return { kind: place.receiver.track.kind, mid: place.mid ?? mid, direction: place.direction }
}

/** The places that a description is about, by their order in it. */
function placesOf(
  { sections }: FakeSdp,
  known: readonly Place[],
  create: (kind: TrackKind) => FakeTransceiver | undefined,
): readonly Place[] {
  const media = known.filter((place) => place !== 'data')
  let nth = 0
  return sections.map(({ kind, mid }): Place => {
    if (kind === 'application') return 'data'
    const place = media[nth++] ?? create(kind)
    if (!place) throw new DOMException(`There is no place for ${kind}`, 'InvalidAccessError')
    place.mid = mid
    return place
  })
}
