import type { Observable } from '../../live/observable.ts'
import type { ChosenDevices, DeviceKind, LocalMediaState } from '../local-media.ts'
import { chosenDevices, onChoice } from '../media/device-choice.ts'

/** A microphone, camera or speaker of this computer. */
export interface ListedDevice {
  /** Empty until the user has allowed microphone or camera. */
  readonly id: string
  /** Its name; until the user has allowed microphone or camera, a number: 'Microphone 1'. */
  readonly label: string
}

/** The devices of this computer. */
export interface DeviceList {
  readonly microphones: readonly ListedDevice[]
  readonly cameras: readonly ListedDevice[]
  /** Empty in browsers that do not list them: Firefox before 116, and Safari. */
  readonly speakers: readonly ListedDevice[]
  /** The ids of the devices that the user has chosen; null is the browser's default. */
  readonly chosen: ChosenDevices
  /** Whether this browser lets pages choose where sound is played. */
  readonly canChooseSpeaker: boolean
}

const browserKinds = { microphone: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' } as const
const names = { microphone: 'Microphone', camera: 'Camera', speaker: 'Speaker' } as const

/** Tells which devices there are, and whenever that changes. Call the answer to stop. */
export function followDevices(
  media: Observable<LocalMediaState>,
  tell: (devices: DeviceList) => void,
): () => void {
  // Missing outside browsers, and on insecure pages.
  const devices = (globalThis.navigator as Navigator | undefined)?.mediaDevices as MediaDevices | undefined
  let told = ''
  let isFollowed = true

  async function look(): Promise<void> {
    const found = (await devices?.enumerateDevices?.().catch(() => undefined)) ?? []
    const list = listOf(found)
    const text = JSON.stringify(list)
    if (!isFollowed || text === told) return
    told = text
    tell(list)
  }

  const onChange = (): void => void look()
  // Once a device is on, the browser says what all of them are called.
  const stops = [media.subscribe(onChange), onChoice(onChange)]
  devices?.addEventListener?.('devicechange', onChange)
  onChange()
  return () => {
    isFollowed = false
    devices?.removeEventListener?.('devicechange', onChange)
    for (const stop of stops) stop()
  }
}

function listOf(found: readonly MediaDeviceInfo[]): DeviceList {
  return {
    microphones: ofKind('microphone', found),
    cameras: ofKind('camera', found),
    speakers: ofKind('speaker', found),
    chosen: chosenDevices(),
    canChooseSpeaker: 'HTMLMediaElement' in globalThis && 'setSinkId' in HTMLMediaElement.prototype,
  }
}

function ofKind(kind: DeviceKind, found: readonly MediaDeviceInfo[]): ListedDevice[] {
  return found
    .filter((one) => one.kind === browserKinds[kind])
    .map(({ deviceId: id, label }, index) => ({ id, label: label || `${names[kind]} ${index + 1}` }))
}
