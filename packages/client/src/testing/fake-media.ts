import { onTestFinished, vi } from 'vitest'

class FakeTrack extends EventTarget {
  readonly kind: string
  enabled = true

  constructor(kind: string) {
    super()
    this.kind = kind
  }

  stop(): void {}
}

class FakeStream {
  readonly #tracks = new Set<FakeTrack>()

  addTrack(track: FakeTrack): void {
    this.#tracks.add(track)
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks.delete(track)
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks]
  }
}

/** Connects as soon as it has both descriptions, and stays connected. */
class FakePeerConnection extends EventTarget {
  readonly iceGatheringState = 'complete'
  connectionState = 'new'
  localDescription: unknown = null
  #hasRemote = false

  createOffer = async (): Promise<unknown> => ({ type: 'offer', sdp: 'v=0\r\n' })
  createAnswer = async (): Promise<unknown> => ({ type: 'answer', sdp: 'v=0\r\n' })

  async setLocalDescription(description: unknown): Promise<void> {
    this.localDescription = description
    this.#look()
  }

  async setRemoteDescription(): Promise<void> {
    this.#hasRemote = true
    this.#look()
  }

  addTransceiver(): unknown {
    return { sender: { replaceTrack: async () => {}, setStreams() {} } }
  }

  getTransceivers(): unknown[] {
    return []
  }

  createDataChannel(): unknown {
    return Object.assign(new EventTarget(), { readyState: 'connecting' })
  }

  close(): void {
    this.connectionState = 'closed'
  }

  #look(): void {
    if (!this.#hasRemote || this.localDescription === null) return
    this.connectionState = 'connected'
    setTimeout(() => this.dispatchEvent(new Event('connectionstatechange')))
  }
}

/** Lets calls be made without a browser, until the test ends: they connect, and carry nothing. */
export function fakeMedia(): void {
  async function getUserMedia({ audio, video }: MediaStreamConstraints): Promise<FakeStream> {
    const stream = new FakeStream()
    if (audio) stream.addTrack(new FakeTrack('audio'))
    if (video) stream.addTrack(new FakeTrack('video'))
    return stream
  }
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection)
  vi.stubGlobal('MediaStream', FakeStream)
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } })
  onTestFinished(() => void vi.unstubAllGlobals())
}
