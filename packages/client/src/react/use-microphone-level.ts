import type { MicrophoneLevel } from '../calls/tools/microphone-level.ts'
import { useChatClient } from './chat-provider.tsx'
import { useCallTool } from './use-call-tool.ts'

/** How loud the user speaks, and whether they speak though the microphone is off. */
export interface UseMicrophoneLevel extends MicrophoneLevel {}

const silence: MicrophoneLevel = { level: 0, isSpeaking: false, isSpeakingWhileMuted: false }

/**
 * How loud the user speaks while the microphone is on, in a call or before one. Renders up to 10 times a second: use it in a
 * small component.
 * @example
 * const { level, isSpeakingWhileMuted } = useMicrophoneLevel()
 * // <meter value={level} />
 * // {isSpeakingWhileMuted && <p>Your microphone is off</p>}
 */
export function useMicrophoneLevel(): UseMicrophoneLevel {
  const { media } = useChatClient().calls
  return useCallTool(silence, ({ followLevel }, tell, of) => followLevel(of, tell), media)
}
