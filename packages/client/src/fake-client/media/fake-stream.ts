import { uuid } from '../../uuid.ts'
import type { FakeTrack } from './fake-track.ts'

export interface FakeStream extends EventTarget {
  readonly id: string
  readonly active: boolean
  getTracks(): FakeTrack[]
  addTrack(track: FakeTrack): void
}

export type FakeStreamClass = new (from?: FakeStream | readonly FakeTrack[]) => FakeStream

/** The global `MediaStream`. @param Base is that of a simulated browser, whose video elements take no other */
export function streamClass(Base: typeof EventTarget): FakeStreamClass {
  return class FakeMediaStream extends Base implements FakeStream {
    readonly id: string = uuid()
    declare readonly active: boolean
    readonly #tracks: Set<FakeTrack>

    constructor(from: FakeStream | readonly FakeTrack[] = []) {
      super()
      this.#tracks = new Set('getTracks' in from ? from.getTracks() : from)
      const isActive = (): boolean => this.getTracks().some(({ readyState }) => readyState === 'live')
      // Over the base's own property.
      Object.defineProperty(this, 'active', { get: isActive, configurable: true })
    }

    getTracks = (): FakeTrack[] => [...this.#tracks]
    getAudioTracks = (): FakeTrack[] => this.getTracks().filter(({ kind }) => kind === 'audio')
    getVideoTracks = (): FakeTrack[] => this.getTracks().filter(({ kind }) => kind === 'video')
    getTrackById = (id: string): FakeTrack | null => this.getTracks().find((one) => one.id === id) ?? null
    addTrack = (track: FakeTrack): void => void this.#tracks.add(track)
    removeTrack = (track: FakeTrack): void => void this.#tracks.delete(track)
    clone = (): FakeStream => new FakeMediaStream(this.getTracks().map((track) => track.clone()))
  }
}
