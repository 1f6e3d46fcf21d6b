import type { Observable } from '../../live/observable.ts'
import type { CallsState } from '../call.ts'
import { playTone, type Tone } from './tones.ts'

/** How calls ring. */
export interface RingToneOptions {
  /** The address of a sound in place of the two tones with which a call rings here; null for no sound at all. */
  readonly sound?: string | null | undefined
  /** From 0 to 1; default 0.5. */
  readonly volume?: number | undefined
}

/** Rings while a call rings here, and lets one hear that it rings at the other end. Call the answer to stop. */
export function followRinging(
  calls: Observable<CallsState>,
  sound: RingToneOptions['sound'],
  volume = 0.5,
): () => void {
  let playing: Tone | null = null
  let stopSound = (): void => {}

  function look(): void {
    const tone = sound === null ? null : toneOf(calls.getSnapshot())
    if (tone === playing) return
    stopSound()
    playing = tone
    stopSound = tone ? play(tone) : () => {}
  }

  function play(tone: Tone): () => void {
    try {
      return sound && tone === 'ring' ? playFile(sound, volume) : playTone(tone, volume)
    } catch {
      // No sound here: the page shows that it rings all the same.
      return () => {}
    }
  }

  const stop = calls.subscribe(look)
  look()
  return () => {
    stop()
    stopSound()
  }
}

function toneOf({ current, incoming }: CallsState): Tone | null {
  if (incoming.length > 0) return 'ring'
  return current?.direction === 'outgoing' && current.status === 'ringing' ? 'ringBack' : null
}

function playFile(address: string, volume: number): () => void {
  const audio = new Audio(address)
  audio.loop = true
  audio.volume = Math.min(1, Math.max(0, volume))
  audio.play().catch(() => undefined)
  return () => audio.pause()
}
