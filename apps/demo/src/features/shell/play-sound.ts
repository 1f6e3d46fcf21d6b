/** Notes that follow one another, and how loud they are. */
interface Notes {
  /** In hertz. */
  readonly pitches: readonly number[]
  /** Seconds from one to the next. */
  readonly apart: number
  /** Seconds. */
  readonly length: number
  readonly loudness: number
}

const news: Notes = { pitches: [659, 880], apart: 0.11, length: 0.3, loudness: 0.05 }

const rings = {
  /** Somebody calls. */
  incoming: { pitches: [784, 988, 784, 988], apart: 0.2, length: 0.45, loudness: 0.08, everyMs: 2_400 },
  /** Somebody calls while you talk to another. */
  waiting: { pitches: [784, 988], apart: 0.2, length: 0.3, loudness: 0.03, everyMs: 5_000 },
  /** It rings at the other one's. */
  outgoing: { pitches: [440, 440], apart: 0.5, length: 0.6, loudness: 0.03, everyMs: 3_500 },
} as const satisfies Record<string, Notes & { readonly everyMs: number }>

export type Ring = keyof typeof rings

let context: AudioContext | undefined

/** Two soft tones, one after the other. Silent until somebody has used the page, as browsers want it. */
export function playSound(): void {
  const audio = wake()
  play(audio, news, audio.destination)
}

/** Rings until what it answers is called, which ends the sound at once. Silent like `playSound`. */
export function startRinging(ring: Ring): () => void {
  const audio = wake()
  const out = audio.createGain()
  out.connect(audio.destination)
  const { everyMs, ...notes } = rings[ring]

  // What is played meanwhile would be heard all at once when the page is first used.
  const playOnce = (): void => {
    if (audio.state === 'running') play(audio, notes, out)
  }
  playOnce()
  // A context that was just made runs a moment later, where the page has been used.
  if (audio.state !== 'running') audio.addEventListener('statechange', playOnce, { once: true })
  const timer = setInterval(playOnce, everyMs)
  return () => {
    clearInterval(timer)
    audio.removeEventListener('statechange', playOnce)
    out.disconnect()
  }
}

function wake(): AudioContext {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume().catch(() => undefined)
  return context
}

function play(audio: AudioContext, notes: Notes, out: AudioNode): void {
  const now = audio.currentTime
  for (const [at, pitch] of notes.pitches.entries()) tone(audio, pitch, now + at * notes.apart, notes, out)
}

function tone(
  audio: AudioContext,
  pitch: number,
  start: number,
  { length, loudness }: Notes,
  out: AudioNode,
): void {
  const [source, gain] = [audio.createOscillator(), audio.createGain()]
  source.frequency.value = pitch
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(loudness, start + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.0001, start + length)
  source.connect(gain).connect(out)
  source.start(start)
  source.stop(start + length + 0.02)
}
