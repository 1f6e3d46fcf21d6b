import type { Shape } from './spread-room.ts'

const tinyShapes: readonly Shape[] = [
  { id: '4x1', members: 4, inFlight: 1, messages: 5 },
  { id: '4x16', members: 4, inFlight: 16, messages: 32 },
]

function shapesOf(some: (count: number) => number): readonly Shape[] {
  return [
    { id: '20x1', members: 20, inFlight: 1, messages: some(500) },
    { id: '20x16', members: 20, inFlight: 16, messages: some(1_600) },
    { id: '200x1', members: 200, inFlight: 1, messages: some(200) },
    { id: '200x16', members: 200, inFlight: 16, messages: some(400) },
  ]
}

/** The sizes of a run. `tiny` is the tests'. */
export type SizeName = 'full' | 'quick' | 'tiny'

export function sizesOf(name: SizeName) {
  const pick = (full: number, quick: number, tiny: number) => ({ full, quick, tiny })[name]
  const some = (count: number) => Math.round(count * pick(1, 0.25, 1))
  return {
    /** Those that count; one more comes before, which warms up. */
    rounds: pick(7, 2, 1),
    warm: { connections: pick(500, 100, 1), rooms: pick(60, 10, 1) },
    shapes: name === 'tiny' ? tinyShapes : shapesOf(some),
    /** A room in which little happens, for its latency: the load sleeps in between. */
    calm: {
      id: 'calm',
      members: pick(20, 20, 4),
      inFlight: 1,
      messages: pick(300, 40, 3),
      pauseMs: 10,
    } satisfies Shape,
    calmRounds: pick(5, 1, 1),
    reads: pick(2_000, 300, 20),
    /** Messages whose hints a node hears that has none of their members. */
    hints: pick(2_000, 300, 20),
    idleSeconds: pick(20, 5, 1),
    appends: { rounds: pick(5, 1, 1), messages: pick(3_000, 400, 64) },
  }
}
export type Sizes = ReturnType<typeof sizesOf>
