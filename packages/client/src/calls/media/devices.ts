import type { MediaError } from '../../errors.ts'
import type { Source } from '../../live/observable.ts'
import { type DeviceState, type LocalMedia, type LocalMediaState, off } from '../local-media.ts'
import { capture, hasAnother } from './capture.ts'
import { keepChoice } from './device-choice.ts'
import { assertSupported, type Device, goneError, joinErrors, mediaErrorOf } from './media-error.ts'
import { createScreen } from './screen.ts'

/** Microphone, camera and screen. Their state is shown in the source given to `createDevices`. */
export interface Devices extends Pick<LocalMedia, 'choose'> {
  /** Rejects with a `MediaError`; the state has it too. */
  readonly turn: (device: Device | 'screen', isOn: boolean) => Promise<void>
  /** Turns on what a call needs, by one prompt. Rejects with a `MediaError` if none of it is available. */
  readonly open: (video: boolean) => Promise<void>
  /** Turns all off, including a device that is still being opened. */
  readonly release: () => void
}

const kinds = { microphone: 'audio', camera: 'video' } as const

/** In a call turning off the microphone only mutes it, so that it is back at once; otherwise it is released. */
export function createDevices(media: Source<LocalMediaState>, isInCall: () => boolean): Devices {
  /** The newest attempt at each device; results of older ones are dropped. */
  const attempts = { microphone: 0, camera: 0 }
  const { setScreen, release: releaseScreen } = createScreen(media)

  function trackOf(device: Device): MediaStreamTrack | undefined {
    const tracks = media.getSnapshot().stream?.getTracks()
    return tracks?.find(({ kind }) => kind === kinds[device])
  }

  /** Counts all attempts before it shows any: a listener may turn the devices off again. */
  function begin(devices: readonly Device[]): readonly { device: Device; isWanted(): boolean }[] {
    const begun = devices.map((device) => {
      const own = ++attempts[device]
      return { device, isWanted: () => own === attempts[device] }
    })
    media.patch(Object.fromEntries(devices.map((device) => [device, { status: 'starting', error: null }])))
    return begun
  }

  function put(
    device: Device,
    track: MediaStreamTrack,
    state: DeviceState = { status: 'on', error: null },
  ): void {
    const stream = media.getSnapshot().stream ?? new MediaStream()
    stream.addTrack(track)
    // Unplugged, or the permission was revoked; our own stop() fires no such event.
    track.addEventListener('ended', () => void onEnded(device, track))
    media.patch({ stream, [device]: state })
  }

  /** Opens a device in place of one, which it leaves as it is if that fails: on, or muted. */
  async function replace(device: Device, before: MediaStreamTrack): Promise<void> {
    const own = ++attempts[device]
    const isWanted = (): boolean => own === attempts[device]
    const [track] = (await capture([device], isWanted)).getTracks()
    if (!track || !isWanted()) return track?.stop()
    track.enabled = before.enabled
    before.stop()
    const { stream, [device]: state } = media.getSnapshot()
    stream?.removeTrack(before)
    // A new object, since others have to send another track.
    put(device, track, { ...state })
  }

  async function onEnded(device: Device, ended: MediaStreamTrack): Promise<void> {
    const isLeft = await hasAnother(device, ended).catch(() => false)
    if (trackOf(device) !== ended) return
    if (isLeft) await replace(device, ended).catch(() => undefined)
    // It may also have been turned off meanwhile.
    if (trackOf(device) === ended) stop(device, goneError(device))
  }

  async function change(device: Device, before: MediaStreamTrack): Promise<void> {
    try {
      await replace(device, before)
    } catch {
      if (trackOf(device) !== before) return
      // Phones open one camera at a time.
      before.stop()
      await replace(device, before).catch((cause: unknown) => {
        if (trackOf(device) === before) throw refuse(device, cause)
      })
    }
  }

  function stop(device: Device, error: MediaError | null = null): void {
    attempts[device] += 1
    const { stream, [device]: before } = media.getSnapshot()
    const track = trackOf(device)
    if (!track && !error && before.status === 'off') return
    if (track) {
      track.stop()
      stream?.removeTrack(track)
    }
    const isLeft = stream !== null && stream.getTracks().length > 0
    media.patch({ stream: isLeft ? stream : null, [device]: error ? { status: 'error', error } : off })
  }

  /** Turns on devices by one prompt, or one by one if that fails. Resolves to the errors of those not available. */
  async function acquire(devices: readonly Device[]): Promise<MediaError[]> {
    const wanted = begin(devices)
    try {
      assertSupported()
      const stream = await capture(devices, () => wanted.some(({ isWanted }) => isWanted()))
      for (const { device, isWanted } of wanted) {
        const track = stream.getTracks().find(({ kind }) => kind === kinds[device])
        if (track && isWanted()) put(device, track)
        else track?.stop()
      }
      return []
    } catch (cause) {
      const errors: MediaError[] = []
      for (const { device, isWanted } of wanted) {
        if (!isWanted()) continue
        if (wanted.length > 1) errors.push(...(await acquire([device])))
        else errors.push(refuse(device, cause))
      }
      return errors
    }
  }

  function refuse(device: Device, cause: unknown): MediaError {
    const error = mediaErrorOf(cause, device)
    stop(device, error)
    return error
  }

  async function turn(device: Device, isOn: boolean): Promise<void> {
    const track = trackOf(device)
    if (!isOn && !(track && device === 'microphone' && isInCall())) return stop(device)
    if (!track) {
      const [error] = await acquire([device])
      if (error) throw error
      return
    }
    track.enabled = isOn
    media.patch({ [device]: isOn ? { status: 'on', error: null } : off })
  }

  return {
    turn: (device, isOn) => (device === 'screen' ? setScreen(isOn) : turn(device, isOn)),
    async choose(kind, id) {
      keepChoice(kind, id)
      const track = kind === 'speaker' ? undefined : trackOf(kind)
      if (track && kind !== 'speaker') await change(kind, track)
    },
    async open(video) {
      if (!video) stop('camera')
      const devices: readonly Device[] = video ? ['microphone', 'camera'] : ['microphone']
      const missing = devices.filter((device) => !trackOf(device))
      const [first, ...more] = missing.length > 0 ? await acquire(missing) : []
      if (first && !media.getSnapshot().stream) throw joinErrors([first, ...more])
    },
    release() {
      stop('microphone')
      stop('camera')
      releaseScreen()
    },
  }
}
