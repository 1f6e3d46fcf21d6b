import { useMicrophoneLevel } from '@dowellchat/client/react'
import { MicOff } from 'lucide-react'

/** How loud your microphone hears you. */
export function LevelMeter() {
  const { level } = useMicrophoneLevel()
  return (
    <div className="level">
      <span id="level">Microphone level</span>
      <meter aria-labelledby="level" value={level} max={1} />
    </div>
  )
}

/** Says that nobody hears you, while you speak. */
export function SpeakingWhileMuted() {
  const { isSpeakingWhileMuted } = useMicrophoneLevel()
  return (
    isSpeakingWhileMuted && (
      <p className="stage-note" role="status" data-warns>
        <MicOff aria-hidden /> Your microphone is off. Nobody hears you.
      </p>
    )
  )
}
