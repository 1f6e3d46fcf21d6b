let context: AudioContext | undefined
const loudness = 0.05

/** The last one that was asked for. */
let last = 0
const lateMs = 5_000

/** Two soft tones, one after the other. Silent until somebody has used the page, as browsers want it. */
export async function playSound(): Promise<void> {
  context ??= new AudioContext()
  const [own, asked] = [++last, Date.now()]
  // As long as nobody has, it waits: then all that waited would play at once, long after what they are for.
  await context.resume().catch(() => undefined)
  if (own !== last || Date.now() - asked > lateMs || context.state !== 'running') return
  const now = context.currentTime
  for (const [at, pitch] of [659, 880].entries()) tone(context, pitch, now + at * 0.11)
}

function tone(audio: AudioContext, pitch: number, start: number): void {
  const [source, gain] = [audio.createOscillator(), audio.createGain()]
  source.frequency.value = pitch
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(loudness, start + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.3)
  source.connect(gain).connect(audio.destination)
  source.start(start)
  source.stop(start + 0.32)
}
