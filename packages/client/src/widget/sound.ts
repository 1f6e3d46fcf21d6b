/** Two short notes for a new message. They need no file, which a page's policy could refuse. */
export interface Sound {
  readonly isOn: () => boolean
  readonly setOn: (isOn: boolean) => void
  /** Browsers let a page sound only after its visitor has done something: call it then. */
  readonly prepare: () => void
  readonly play: () => void
  readonly close: () => void
}

const key = 'dowellchat widget silent'
const notes = [
  { hertz: 660, from: 0 },
  { hertz: 880, from: 0.12 },
]

export function createSound(isOnAtFirst: boolean): Sound {
  let context: AudioContext | undefined
  let isOn = isOnAtFirst && !isSilent()

  return {
    isOn: () => isOn,
    setOn(next) {
      isOn = next
      try {
        if (next) localStorage.removeItem(key)
        else localStorage.setItem(key, '1')
      } catch {}
    },
    prepare() {
      if (!isOn || typeof AudioContext !== 'function') return
      context ??= new AudioContext()
      // One that was made before the visitor did anything waits, and would play all that it missed when it goes on.
      if (context.state === 'suspended') context.resume().catch(() => undefined)
    },
    play() {
      if (!isOn || context?.state !== 'running') return
      for (const { hertz, from } of notes) sound(context, hertz, context.currentTime + from)
    },
    close: () => void context?.close().catch(() => undefined),
  }
}

function sound(context: AudioContext, hertz: number, from: number): void {
  const [note, loudness] = [context.createOscillator(), context.createGain()]
  note.frequency.value = hertz
  loudness.gain.setValueAtTime(0.08, from)
  loudness.gain.exponentialRampToValueAtTime(0.001, from + 0.25)
  note.connect(loudness).connect(context.destination)
  note.start(from)
  note.stop(from + 0.25)
}

function isSilent(): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}
