import { useScreenShare } from '@dowellchat/client/react'
import { MonitorUp, MonitorX } from 'lucide-react'
import { StageButton } from './stage-button.tsx'

/** A button to share your screen, where the browser can. Phones cannot. */
export function ScreenButton() {
  const { isSharing, isPending, start, stop } = useScreenShare()
  if (!('getDisplayMedia' in (navigator.mediaDevices ?? {}))) return null
  return (
    <StageButton
      label={isSharing ? 'Stop sharing' : 'Share screen'}
      icon={isSharing ? MonitorX : MonitorUp}
      isPressed={isSharing}
      isBusy={isPending}
      onPress={() => void (isSharing ? stop() : start())}
    />
  )
}
