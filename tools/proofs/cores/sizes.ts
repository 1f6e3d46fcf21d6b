const full = {
  /** One more than count: the first one warms up. */
  rounds: 8,
  /** Multiplies how often a cell repeats its work. */
  scale: 0.5,
  warm: { connections: 500, rooms: 300 },
  longRoom: 50_000,
  /** Batches that are handed from one thread or process to another. */
  batches: 3_000,
  /** How often a frame is sent to each socket. */
  frames: 200,
  reads: { rounds: 6, seconds: 2 },
}
export type Sizes = typeof full

const quick: Sizes = {
  rounds: 3,
  scale: 0.15,
  warm: { connections: 200, rooms: 100 },
  longRoom: 10_000,
  batches: 500,
  frames: 40,
  reads: { rounds: 2, seconds: 0.5 },
}

/** The sizes of everything in a run, which takes about a minute if it is quick. */
export function sizesOf(isQuick: boolean): Sizes {
  return isQuick ? quick : full
}
