import { quantile } from '../bench/statistics.ts'
import type { MeasuredLine } from './lines.ts'
import { eachStep } from './steps.ts'

/** How long the steps of one kind took beside so many open tickets. */
export interface StepFigures {
  readonly what: string
  readonly open: number
  readonly medianMs: number
  /** Against the same step beside the fewest tickets. */
  readonly ratio: number
  /** Against one count of the line by a range of the index; null in SQLite. */
  readonly ofOneCount: number | null
}

const counting = 'one count of the index range'
const warmUp = 10

/** Plays rounds of all steps in all lines in turn, so that what disturbs one disturbs all. */
export async function measureLines(lines: readonly MeasuredLine[], rounds: number): Promise<StepFigures[]> {
  const took = new Map<string, Map<number, number[]>>()
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const line of lines) {
      const time = async <T>(what: string, step: () => Promise<T>): Promise<T> => {
        const start = performance.now()
        const answer = await step()
        if (round >= 0) noteIn(took, what, line.size).push(performance.now() - start)
        return answer
      }
      await eachStep(line, time)
      if (line.count) await time(counting, line.count)
    }
  }
  return [...took].flatMap(([what, bySize]) => figuresOf(what, bySize, took.get(counting)))
}

function noteIn(took: Map<string, Map<number, number[]>>, what: string, size: number): number[] {
  const bySize = took.get(what) ?? new Map<number, number[]>()
  took.set(what, bySize)
  const times = bySize.get(size) ?? []
  bySize.set(size, times)
  return times
}

function figuresOf(
  what: string,
  bySize: ReadonlyMap<number, readonly number[]>,
  counts: ReadonlyMap<number, readonly number[]> | undefined,
): StepFigures[] {
  const medians = [...bySize].map(([open, times]) => ({ open, medianMs: quantile(times, 0.5) }))
  const least = medians[0]?.medianMs ?? Number.NaN
  return medians.map(({ open, medianMs }) => {
    const count = counts?.get(open)
    const ofOneCount = count ? medianMs / quantile(count, 0.5) : null
    return { what, open, medianMs, ratio: medianMs / least, ofOneCount }
  })
}
