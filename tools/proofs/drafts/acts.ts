import { randomUUID } from 'node:crypto'
import { textAfter } from './answer.ts'
import type { Author, Begin } from './author.ts'
import type { ProgramPlan } from './program.ts'
import { seeded } from './random.ts'
import type { Faults, Readers } from './readers.ts'

/** What became of one answer. */
export interface Act {
  readonly steps: number
  readonly seconds: number
  readonly cuts: number
  /** How often rows have changed, of all readers. */
  readonly rows: number
  /** The different texts that readers ended with, and whether these are the program's. */
  readonly ends: number
  readonly isWhole: boolean
  readonly faults: Faults
}

interface Stage {
  readonly readers: Readers
  readonly place: Pick<ProgramPlan, 'url' | 'workspace' | 'key' | 'room'>
  readonly begin: Begin
  readonly seed: number
  /** How often one of the links is cut; 0 for never. */
  readonly cutEveryMs: number
}

export interface Size {
  readonly steps: number
  readonly everyMs: number
}

/** Lets a program write an answer; `disturb` does something to it meanwhile, and answers the program that ends it. */
export async function play(
  { readers, place, begin, seed, cutEveryMs }: Stage,
  { steps, everyMs }: Size,
  disturb: (author: Author, plan: ProgramPlan) => Promise<Author> = async (author) => author,
): Promise<Act> {
  const cid = randomUUID()
  const plan = { ...place, cid, steps, everyMs, from: 0 }
  readers.expect({ cid, whole: textAfter(steps) })
  const random = seeded(seed)
  const beganAt = performance.now()
  let cuts = 0
  const cutting = setInterval(
    () => {
      const link = readers.links[Math.floor(random() * readers.links.length)]
      link?.offline()
      setTimeout(() => link?.online(), random() * 500)
      cuts += 1
    },
    cutEveryMs || 2 ** 31 - 1,
  )
  const author = begin(plan)
  let last = author
  try {
    last = await disturb(author, plan)
    const sent = await last.ended()
    clearInterval(cutting)
    const ends = await readers.ends()
    const seconds = Math.round((performance.now() - beganAt) / 100) / 10
    const isWhole = ends.length === 1 && ends[0] === sent && textAfter(steps).startsWith(sent)
    return { steps, seconds, cuts, rows: readers.steps, ends: ends.length, isWhole, faults: readers.faults }
  } finally {
    clearInterval(cutting)
    author.kill()
    last.kill()
  }
}

/** The program is killed at a third of its answer, and another one goes on where it was. */
export const killProgram =
  (begin: Begin) =>
  async (author: Author, plan: ProgramPlan): Promise<Author> => {
    await author.untilStep(Math.floor(plan.steps / 3))
    author.kill()
    return begin({ ...plan, from: author.step })
  }

/** A reader asks to stop after so many steps. */
export const stopProgram =
  (readers: Readers, step: number) =>
  async (author: Author): Promise<Author> => {
    await author.untilStep(step)
    await readers.stop()
    return author
  }

/** What is wrong with an answer. */
export function problemsOf(name: string, { ends, isWhole, faults }: Act): string[] {
  const problems: string[] = []
  if (ends !== 1) problems.push(`${name}: readers ended with ${ends} texts`)
  if (!isWhole) problems.push(`${name}: what readers have is not what was sent`)
  for (const [fault, count] of Object.entries(faults))
    if (count > 0) problems.push(`${name}: ${count} times a row was ${fault}`)
  return problems
}
