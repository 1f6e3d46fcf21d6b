import type { DeviceState } from '@dowellchat/client'
import { useLocalMedia } from '@dowellchat/client/react'
import { type LucideIcon, Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { Problem } from '../../components/problem.tsx'

/** Turns one's microphone and camera on and off, and says why that fails. */
export function DeviceButtons() {
  const { microphone, camera, setMicrophone, setCamera } = useLocalMedia()
  return (
    <>
      <DeviceButton name="Microphone" state={microphone} icons={[Mic, MicOff]} onToggle={setMicrophone} />
      <DeviceButton name="Camera" state={camera} icons={[Video, VideoOff]} onToggle={setCamera} />
    </>
  )
}

interface DeviceButtonProps {
  readonly name: string
  readonly state: DeviceState
  readonly icons: readonly [LucideIcon, LucideIcon]
  readonly onToggle: (isOn: boolean) => Promise<void>
}

function DeviceButton({ name, state: { status }, icons: [On, Off], onToggle }: DeviceButtonProps) {
  const isOn = status === 'on'
  const Icon = isOn ? On : Off
  return (
    <button
      type="button"
      className="device-button"
      aria-label={name}
      aria-pressed={isOn}
      aria-busy={status === 'starting'}
      title={`Turn the ${name.toLowerCase()} ${isOn ? 'off' : 'on'}`}
      onClick={() => void onToggle(!isOn)}
    >
      <Icon aria-hidden />
    </button>
  )
}

/** Why one's microphone or camera is not on. */
export function DeviceProblems() {
  const { microphone, camera } = useLocalMedia()
  const texts = [microphone.error?.message, camera.error?.message].filter((text) => text !== undefined)
  return <Problem text={texts.length > 0 ? texts.join('. ') : null} />
}
