import type { DeviceState } from '@dowellchat/client'
import { useLocalMedia } from '@dowellchat/client/react'
import { type LucideIcon, Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { Problem } from '../../components/problem.tsx'
import { StageButton } from './stage-button.tsx'

/** Buttons to turn your microphone and camera on and off. */
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
  return (
    <StageButton
      label={name}
      icon={isOn ? On : Off}
      isPressed={isOn}
      isBusy={status === 'starting'}
      title={`Turn the ${name.toLowerCase()} ${isOn ? 'off' : 'on'}`}
      onPress={() => void onToggle(!isOn)}
    />
  )
}

/** Why your microphone or camera could not be turned on. */
export function DeviceProblems() {
  const { microphone, camera } = useLocalMedia()
  const texts = [microphone.error?.message, camera.error?.message].filter((text) => text !== undefined)
  return <Problem what={texts.length > 0 ? texts.join('. ') : null} />
}
