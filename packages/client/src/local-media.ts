import type { MediaError } from './errors.ts'
import { createSource, type Observable, type Source } from './observable.ts'

/** One's own microphone and camera, in a call or to look at oneself before one. A call's end lets go of both. */
export interface LocalMedia extends Observable<LocalMediaState> {
  /** Rejects with a `MediaError`, which is in the state too. */
  readonly setMicrophone: (on: boolean) => Promise<void>
  /** Rejects with a `MediaError`, which is in the state too. Off puts out the camera's light. */
  readonly setCamera: (on: boolean) => Promise<void>
}

export interface LocalMediaState {
  /** What microphone and camera give, for a preview (muted, or one hears oneself); null while both are off. */
  readonly stream: MediaStream | null
  readonly microphone: DeviceState
  readonly camera: DeviceState
}

export interface DeviceState {
  /** `starting` includes the time in which the browser asks the user. */
  readonly status: 'off' | 'starting' | 'on' | 'error'
  readonly error: MediaError | null
}

export const off: DeviceState = { status: 'off', error: null }

export function createLocalMediaSource(): Source<LocalMediaState> {
  return createSource<LocalMediaState>({ stream: null, microphone: off, camera: off })
}
