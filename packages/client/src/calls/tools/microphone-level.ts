import type { LocalMedia } from '../local-media.ts'

/** How loud the user speaks. */
export interface MicrophoneLevel {
  /** What the others hear, from 0 (nothing, or muted) to 1, in steps of 0.05. */
  readonly level: number
  /** Whether the user speaks and the others can hear it. */
  readonly isSpeaking: boolean
  /** Whether the user speaks in a call though the microphone is off. */
  readonly isSpeakingWhileMuted: boolean
}

const everyMs = 100
/** In decibels of full scale: what is quieter is level 0. */
const quietest = -60
/** Speech is some 30 below full scale, the noise of a room 60. */
const speech = -50
/** Between two words it is quiet. */
const pauseMs = 400
const steps = 20

/** Tells how loud it is at the microphone, up to 10 times a second, when that changes. Call the answer to stop. */
export function followLevel(media: LocalMedia, tell: (level: MicrophoneLevel) => void): () => void {
  let measured: MediaStreamTrack | undefined
  let stopMeter = (): void => {}
  let told: MicrophoneLevel = { level: 0, isSpeaking: false, isSpeakingWhileMuted: false }
  let spokenAt = Number.NEGATIVE_INFINITY

  function show(decibels: number): void {
    if (decibels > speech) spokenAt = Date.now()
    const isOn = media.getSnapshot().microphone.status === 'on'
    const isHeard = Date.now() - spokenAt < pauseMs
    const share = Math.min(1, Math.max(0, 1 - decibels / quietest))
    const level = isOn ? Math.round(share * steps) / steps : 0
    const next = { level, isSpeaking: isOn && isHeard, isSpeakingWhileMuted: !isOn && isHeard }
    const isSame =
      next.level === told.level &&
      next.isSpeaking === told.isSpeaking &&
      next.isSpeakingWhileMuted === told.isSpeakingWhileMuted
    if (isSame) return
    told = next
    tell(next)
  }

  function look(): void {
    const track = media
      .getSnapshot()
      .stream?.getTracks()
      .find(({ kind }) => kind === 'audio')
    if (track === measured) return
    stopMeter()
    measured = track
    spokenAt = Number.NEGATIVE_INFINITY
    stopMeter = (track && meterOf(track, show)) ?? (() => {})
    if (!track) show(Number.NEGATIVE_INFINITY)
  }

  const stop = media.subscribe(look)
  look()
  return () => {
    stop()
    stopMeter()
  }
}

/** Measures the sound of a track; undefined where it cannot be measured. */
function meterOf(track: MediaStreamTrack, tell: (decibels: number) => void): (() => void) | undefined {
  if (!('AudioContext' in globalThis)) return undefined
  // A muted microphone gives silence; its copy does not.
  const copy = track.clone()
  copy.enabled = true
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  // 85 ms at 48 kHz: most of the time between two looks.
  analyser.fftSize = 4_096
  context.createMediaStreamSource(new MediaStream([copy])).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    // Some browsers let no sound through before the user has clicked somewhere.
    if (context.state === 'suspended') void context.resume().catch(() => undefined)
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
    tell(10 * Math.log10(power))
  }, everyMs)
  return () => {
    clearInterval(timer)
    copy.stop()
    void context.close().catch(() => undefined)
  }
}
