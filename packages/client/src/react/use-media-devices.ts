import type { LocalMedia } from '../calls/local-media.ts'
import type { DeviceList } from '../calls/tools/device-list.ts'
import { useChatClient } from './chat-provider.tsx'
import { useCallTool } from './use-call-tool.ts'

export interface UseMediaDevices extends DeviceList {
  /**
   * Uses a device from now on, in a call at once, and keeps the choice in this browser; null goes back to the default one.
   * Rejects with a `MediaError` if it cannot be opened, which `useLocalMedia` shows too, so the promise may be ignored.
   */
  readonly choose: LocalMedia['choose']
}

const none: DeviceList = {
  microphones: [],
  cameras: [],
  speakers: [],
  chosen: { microphone: null, camera: null, speaker: null },
  canChooseSpeaker: false,
}

/**
 * The microphones, cameras and speakers of this computer, also those that are plugged in later, and which of them are used.
 * @example
 * const { cameras, chosen, choose } = useMediaDevices()
 * // <select value={chosen.camera ?? ''} onChange={(event) => void choose('camera', event.target.value || null)}>
 * //   <option value="">Default</option>
 * //   {cameras.map(({ id, label }) => <option key={id} value={id}>{label}</option>)}
 * // </select>
 */
export function useMediaDevices(): UseMediaDevices {
  const { media } = useChatClient().calls
  const devices = useCallTool(none, ({ followDevices }, tell, of) => followDevices(of, tell), media)
  return { ...devices, choose: media.choose }
}
