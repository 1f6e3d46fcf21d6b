/** `ring` for a call that comes in, `ringBack` while it rings at the other end. */
export type Tone = 'ring' | 'ringBack'

interface Melody {
  /** In seconds and hertz. */
  readonly notes: readonly { readonly at: number; readonly length: number; readonly hertz: number }[]
  readonly everyMs: number
}

const melodies: Readonly<Record<Tone, Melody>> = {
  ring: {
    notes: [0, 0.4, 0.8, 1.2].map((at, index) => ({ at, length: 0.35, hertz: index % 2 ? 660 : 880 })),
    everyMs: 3_000,
  },
  // The two tones of telephones in North America, with shorter pauses.
  ringBack: {
    notes: [440, 480].map((hertz) => ({ at: 0, length: 1.2, hertz })),
    everyMs: 4_000,
  },
}

/** A note that begins or ends at once clicks. */
const fadeS = 0.02

/** Plays a tone again and again; call the answer to stop. Throws where there is no WebAudio. */
export function playTone(tone: Tone, volume: number): () => void {
  const { notes, everyMs } = melodies[tone]
  const context = new AudioContext()
  let timer: ReturnType<typeof setInterval> | undefined

  function play(): void {
    // What is planned while the sound is blocked would come all at once.
    if (context.state !== 'running') return
    for (const { at, length, hertz } of notes) {
      const begin = context.currentTime + at
      const [oscillator, gain] = [context.createOscillator(), context.createGain()]
      oscillator.frequency.value = hertz
      gain.gain.setValueAtTime(0, begin)
      gain.gain.linearRampToValueAtTime(volume / 2, begin + fadeS)
      gain.gain.setValueAtTime(volume / 2, begin + length - fadeS)
      gain.gain.linearRampToValueAtTime(0, begin + length)
      oscillator.connect(gain).connect(context.destination)
      oscillator.start(begin)
      oscillator.stop(begin + length)
    }
  }

  function begin(): void {
    clearInterval(timer)
    timer = setInterval(play, everyMs)
    play()
  }

  // Blocked until the user clicks somewhere, it begins then.
  context.addEventListener('statechange', begin)
  begin()
  void context.resume().catch(() => undefined)
  return () => {
    context.removeEventListener('statechange', begin)
    clearInterval(timer)
    void context.close().catch(() => undefined)
  }
}
