import type { FakeStream } from './fake-stream.ts'

/** An `AudioContext` that measures how loud a fake stream is, and plays nothing. */
export class FakeAudioContext extends EventTarget {
  readonly currentTime = 0
  readonly sampleRate = 48_000
  readonly destination: FakeNode = new FakeNode()
  readonly state = 'running'

  createMediaStreamSource = (stream: FakeStream): FakeNode => new FakeNode(stream)
  createAnalyser = (): FakeNode => new FakeNode()
  createOscillator = (): FakeNode => new FakeNode()
  createGain = (): FakeNode => new FakeNode()
  resume = async (): Promise<void> => {}
  close = async (): Promise<void> => {}
}

const noop = (): void => {}

/** Every kind of node: each uses the part of it that it needs. */
class FakeNode {
  readonly frequency: FakeParam = new FakeParam()
  readonly gain: FakeParam = new FakeParam()
  fftSize = 2_048
  #stream: FakeStream | undefined

  constructor(stream?: FakeStream) {
    this.#stream = stream
  }

  connect(to: FakeNode): FakeNode {
    to.#stream = this.#stream
    return to
  }

  getFloatTimeDomainData(samples: Float32Array): void {
    samples.fill(Math.max(0, ...(this.#stream?.getTracks() ?? []).map(({ level }) => level)))
  }

  disconnect = noop
  start = noop
  stop = noop
}

class FakeParam {
  value = 0
  setValueAtTime = noop
  linearRampToValueAtTime = noop
}
