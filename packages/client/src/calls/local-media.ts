import type { MediaError } from '../errors.ts'
import { createSource, type Observable, type Source } from '../live/observable.ts'
import type { CallMedia } from './dom-types.ts'

/** The user's own microphone and camera, in a call or for a preview before one. The end of a call releases both. */
export interface LocalMedia extends Observable<LocalMediaState> {
  /** Rejects with a `MediaError`; the state has it too. */
  readonly setMicrophone: (on: boolean) => Promise<void>
  /** Rejects with a `MediaError`; the state has it too. Turning it off also turns off the camera's light. */
  readonly setCamera: (on: boolean) => Promise<void>
}

export interface LocalMediaState {
  /** The captured sound and picture, for a preview (mute it, or it echoes); null while both are off. */
  readonly stream: CallMedia | null
  readonly microphone: DeviceState
  readonly camera: DeviceState
}

export interface DeviceState {
  /** `starting` includes the time while the browser asks for permission. */
  readonly status: 'off' | 'starting' | 'on' | 'error'
  readonly error: MediaError | null
}

export const off: DeviceState = { status: 'off', error: null }

export function createLocalMediaSource(): Source<LocalMediaState> {
  return createSource<LocalMediaState>({ stream: null, microphone: off, camera: off })
}
