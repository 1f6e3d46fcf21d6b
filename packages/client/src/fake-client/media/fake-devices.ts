import type { FakeStream, FakeStreamClass } from './fake-stream.ts'
import { FakeTrack, type TrackKind, type TrackSource } from './fake-track.ts'
import { eventOf } from './soon.ts'

/** What a page asks the user for. */
export type FakeDevice = 'microphone' | 'camera' | 'screen'

/** What can be plugged in. */
export type FakePlug = 'microphone' | 'camera' | 'speaker'

interface Plugged {
  readonly plug: FakePlug
  readonly deviceId: string
  readonly label: string
}

type Wanted = boolean | { readonly deviceId?: string | { readonly exact?: string; readonly ideal?: string } }

const kinds = { microphone: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' } as const
const errorNames = { permission_denied: 'NotAllowedError', in_use: 'NotReadableError' } as const

/** `navigator.mediaDevices` with one microphone, one camera and one speaker. */
export class FakeDevices extends EventTarget {
  /** The tracks that are open. */
  readonly live: Set<FakeTrack> = new Set()
  /** Why devices are refused. */
  readonly refused: Map<FakeDevice, keyof typeof errorNames> = new Map()
  /** How loud a microphone is that is opened now. */
  level = 0
  readonly #Stream: FakeStreamClass
  readonly #onChange: () => void
  #plugged: readonly Plugged[] = []
  #count = 0
  /** Without the permission devices have neither ids nor names. */
  #isAllowed = false

  constructor(Stream: FakeStreamClass, onChange: () => void) {
    super()
    this.#Stream = Stream
    this.#onChange = onChange
    for (const plug of ['microphone', 'camera', 'speaker'] as const) this.#add(plug, `Fake ${plug}`)
  }

  getUserMedia = async ({ audio, video }: { audio?: Wanted; video?: Wanted }): Promise<FakeStream> => {
    if (!audio && !video) throw new TypeError('At least one of audio and video must be requested')
    const sources = [
      ...(audio ? [this.#open('microphone', audio)] : []),
      ...(video ? [this.#open('camera', video)] : []),
    ]
    this.#isAllowed = true
    return new this.#Stream(sources.map((source) => new FakeTrack(source)))
  }

  getDisplayMedia = async ({ audio }: { audio?: unknown } = {}): Promise<FakeStream> => {
    this.#assertAllowed('screen')
    const sources = [this.#source('video', 'screen', 'Fake screen')]
    if (audio) sources.push(this.#source('audio', 'screen', 'Fake screen'))
    return new this.#Stream(sources.map((source) => new FakeTrack(source)))
  }

  enumerateDevices = async (): Promise<object[]> =>
    this.#plugged.map(({ plug, deviceId, label }) => {
      const named = this.#isAllowed ? { deviceId, label } : { deviceId: '', label: '' }
      return { ...named, kind: kinds[plug], groupId: '' }
    })

  getSupportedConstraints = (): object => ({ deviceId: true })

  plugIn(plug: FakePlug, label: string): void {
    this.#add(plug, label)
    this.dispatchEvent(eventOf('devicechange'))
  }

  /** Those of this label; all if there is none given. */
  unplug(plug: FakePlug, label?: string): void {
    const gone = this.#plugged.filter((one) => one.plug === plug && (label ?? one.label) === one.label)
    this.#plugged = this.#plugged.filter((one) => !gone.includes(one))
    this.dispatchEvent(eventOf('devicechange'))
    this.end(({ source }) => gone.some(({ deviceId }) => deviceId === source.deviceId))
  }

  /** Ends tracks as if they had lost their device. */
  end(isEnded: (track: FakeTrack) => boolean): void {
    for (const track of [...this.live].filter(isEnded)) track.end()
  }

  #add(plug: FakePlug, label: string): void {
    this.#count += 1
    this.#plugged = [...this.#plugged, { plug, label, deviceId: `${plug}-${this.#count}` }]
  }

  #open(plug: 'microphone' | 'camera', wanted: Wanted): TrackSource {
    const all = this.#plugged.filter((one) => one.plug === plug)
    const asked = typeof wanted === 'object' ? wanted.deviceId : undefined
    const { exact, ideal } = typeof asked === 'string' ? { ideal: asked } : (asked ?? {})
    const found = all.find(({ deviceId }) => deviceId === (exact ?? ideal))
    const device = found ?? (exact === undefined ? all[0] : undefined)
    if (all.length === 0) throw new DOMException(`There is no ${plug}`, 'NotFoundError')
    if (!device) throw new DOMException(`There is no ${plug} ${exact}`, 'OverconstrainedError')
    this.#assertAllowed(plug)
    return this.#source(plug === 'microphone' ? 'audio' : 'video', device.deviceId, device.label)
  }

  #assertAllowed(device: FakeDevice): void {
    const why = this.refused.get(device)
    if (why) throw new DOMException(`The test refuses the ${device}`, errorNames[why])
  }

  #source(kind: TrackKind, deviceId: string, label: string): TrackSource {
    const onChange = (track: FakeTrack): void => {
      if (track.readyState === 'live') this.live.add(track)
      else this.live.delete(track)
      this.#onChange()
    }
    return { kind, deviceId, label, level: deviceId === 'screen' ? 0 : this.level, onChange }
  }
}

/** Which device a track comes from. */
export function deviceOf({ kind, source }: FakeTrack): FakeDevice {
  if (source.deviceId === 'screen') return 'screen'
  return kind === 'audio' ? 'microphone' : 'camera'
}
