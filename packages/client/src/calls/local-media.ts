import type { MediaError } from '../errors.ts'
import { createSource, type Observable, type Source } from '../live/observable.ts'
import type { CallMedia } from './dom-types.ts'

/** The user's own microphone, camera and screen, in a call or for a preview before one. The end of a call releases them. */
export interface LocalMedia extends Observable<LocalMediaState> {
  /** Rejects with a `MediaError`; the state has it too. */
  readonly setMicrophone: (on: boolean) => Promise<void>
  /** Rejects with a `MediaError`; the state has it too. Turning it off also turns off the camera's light. */
  readonly setCamera: (on: boolean) => Promise<void>
  /**
   * Asks the user which screen, window or tab to share, and shares it until `false` or the browser's own button ends that. The
   * other party sees it beside the camera, on a page of V2 in its place. Call it when the user clicks: browsers ask only then.
   * Rejects with a `MediaError`; the state has it too.
   */
  readonly setScreen: (on: boolean) => Promise<void>
  /**
   * Uses this device from now on, in a call at once, and keeps the choice in this browser; null goes back to the default one.
   * Rejects with a `MediaError` if the device cannot be opened.
   */
  readonly choose: (kind: DeviceKind, id: string | null) => Promise<void>
}

export type DeviceKind = 'microphone' | 'camera' | 'speaker'

/** The ids of chosen devices; null is the browser's default. */
export type ChosenDevices = { readonly [Kind in DeviceKind]: string | null }

export interface LocalMediaState {
  /** The captured sound and picture, for a preview (mute it, or it echoes); null while both are off. */
  readonly stream: CallMedia | null
  readonly microphone: DeviceState
  readonly camera: DeviceState
  readonly screen: DeviceState
  /** The shared screen, for a preview; null while none is shared. */
  readonly screenStream: CallMedia | null
}

export interface DeviceState {
  /** `starting` includes the time while the browser asks for permission. */
  readonly status: 'off' | 'starting' | 'on' | 'error'
  readonly error: MediaError | null
}

export const off: DeviceState = { status: 'off', error: null }

export function createLocalMediaSource(): Source<LocalMediaState> {
  return createSource<LocalMediaState>({
    stream: null,
    microphone: off,
    camera: off,
    screen: off,
    screenStream: null,
  })
}
