import { FakeChannel } from './fake-channel.ts'
import { FakeNegotiation } from './fake-negotiation.ts'
import type { FakeNetwork, PeerState } from './fake-network.ts'
import { statsOf } from './fake-stats.ts'
import { eventOf, soon } from './soon.ts'

/**
 * An `RTCPeerConnection`. It offers and answers as browsers do, and is connected as soon as another one of the same process
 * has its description, and it that of the other.
 */
export class FakePeer extends FakeNegotiation {
  connectionState: PeerState = 'new'
  readonly #network: FakeNetwork<FakePeer>
  readonly #channels: FakeChannel[] = []
  #configuration: object

  constructor(network: FakeNetwork<FakePeer>, configuration: object = {}) {
    super(network.nextId())
    this.#network = network
    this.#configuration = configuration
    network.add(this)
  }

  get iceConnectionState(): string {
    return this.connectionState === 'connecting' ? 'checking' : this.connectionState
  }

  getConfiguration = (): object => this.#configuration
  getStats = async (): Promise<Map<string, object>> =>
    statsOf(this, this.#network.isFlowing(this), this.#network.roundTrip)

  setConfiguration(configuration: object): void {
    this.assertOpen()
    this.#configuration = configuration
  }

  createDataChannel(label: string): FakeChannel {
    this.assertOpen()
    const channel = this.#addChannel(label)
    this.look()
    return channel
  }

  close(): void {
    if (this.connectionState === 'closed') return
    this.connectionState = 'closed'
    this.signalingState = 'closed'
    for (const channel of this.#channels) channel.close()
    for (const { sender, receiver } of this.getTransceivers()) {
      sender.isClosed = true
      receiver.track.stop()
    }
    this.#network.remove(this)
  }

  /** What the network says of it. */
  setState(state: PeerState): void {
    if (this.connectionState === state || this.connectionState === 'closed') return
    this.connectionState = state
    this.dispatchEvent(eventOf('iceconnectionstatechange'))
    this.dispatchEvent(eventOf('connectionstatechange'))
  }

  /** Lets come what the other end sends; nothing without it. */
  flow(other: FakePeer | undefined): void {
    const places = other?.getTransceivers() ?? []
    for (const one of this.getTransceivers())
      one.receive(places.find(({ mid }) => mid !== null && mid === one.mid))
    if (!other) return
    for (const channel of this.#channels) {
      if (!channel.other && this.hasDataPlace) this.#open(channel, other)
      channel.flush()
    }
  }

  protected hasChannels(): boolean {
    return this.#channels.length > 0
  }

  protected changed(): void {
    this.#network.look()
  }

  #open(channel: FakeChannel, other: FakePeer): void {
    const end = other.#addChannel(channel.label)
    end.other = channel
    channel.other = end
    end.readyState = 'open'
    soon(() => other.dispatchEvent(eventOf('datachannel', { channel: end })))
    channel.open()
  }

  #addChannel(label: string): FakeChannel {
    const channel = new FakeChannel(label, () => this.#network.isFlowing(this))
    this.#channels.push(channel)
    return channel
  }
}
