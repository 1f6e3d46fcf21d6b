import { chosenDevices } from './device-choice.ts'
import type { Device } from './media-error.ts'

const browserKinds = { microphone: 'audioinput', camera: 'videoinput' } as const
/** Names of Chromium for whichever device is the default one. */
const aliases = ['default', 'communications']

/** Opens devices, the chosen ones if they are there: others where these are chosen while they open, and are still wanted. */
export async function capture(
  devices: readonly Device[],
  isWanted: () => boolean = () => true,
): Promise<MediaStream> {
  const before = chosenDevices()
  const stream = await captureChosen(devices)
  const now = chosenDevices()
  if (!isWanted() || devices.every((device) => now[device] === before[device])) return stream
  for (const track of stream.getTracks()) track.stop()
  return capture(devices, isWanted)
}

async function captureChosen(devices: readonly Device[]): Promise<MediaStream> {
  const open = (how: 'exact' | 'ideal'): Promise<MediaStream> =>
    navigator.mediaDevices.getUserMedia({
      audio: devices.includes('microphone') && constraintsFor('microphone', how),
      video: devices.includes('camera') && constraintsFor('camera', how),
    })
  try {
    // What is only preferred, Chromium may leave to the order in its own settings.
    return await open('exact')
  } catch (cause) {
    if (!(cause instanceof DOMException) || cause.name !== 'OverconstrainedError') throw cause
    return open('ideal')
  }
}

function constraintsFor(device: Device, how: 'exact' | 'ideal'): MediaTrackConstraints | true {
  const id = chosenDevices()[device]
  return id === null || { deviceId: { [how]: id } }
}

/** Whether there is another device of the same kind that may be used without a question. */
export async function hasAnother(device: Device, ended: MediaStreamTrack): Promise<boolean> {
  const { deviceId } = ended.getSettings()
  const found = await navigator.mediaDevices.enumerateDevices()
  return found.some(
    (one) =>
      one.kind === browserKinds[device] &&
      // Without the permission devices have no names.
      one.label !== '' &&
      one.deviceId !== deviceId &&
      !aliases.includes(one.deviceId),
  )
}
