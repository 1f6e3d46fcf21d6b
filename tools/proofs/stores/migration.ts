import { collections } from '../../../packages/server/src/stores/portable.ts'
import type { Digest } from '../../../packages/server/src/stores/portable-digest.ts'
import { withStore } from '../../../packages/server/src/testing/store-cases/store-case.ts'
import { digestsOf } from '../../../packages/server/tests/support/digests.ts'
import { workspace } from './drafts.ts'
import { moveWithKills } from './migration/command.ts'
import { fill } from './million/fill.ts'
import { openPlace } from './open-place.ts'
import type { Sizes } from './options.ts'
import type { Driver, Place } from './place.ts'
import type { Program } from './server-process.ts'

export interface MigrationFigures {
  readonly from: Driver
  readonly to: Driver
  readonly messages: number
  readonly tickets: number
  /** At which share of the entries the command was killed. */
  readonly killedAtPercent: readonly number[]
  readonly seconds: number
  readonly digests: Readonly<Record<string, Digest>>
  /** What is not equal; empty where everything is. */
  readonly different: readonly string[]
}

/** Moves a workspace to MongoDB and back into another folder, each time killed twice on the way. */
export async function moveThereAndBack(program: Program, { moved }: Sizes): Promise<MigrationFigures[]> {
  const places = [await openPlace('embedded'), await openPlace('mongo'), await openPlace('embedded')]
  try {
    const [source, middle, target] = places
    if (!source || !middle || !target) throw new Error('There are three places')
    await withStore(source.open, (store) => fill(store, { ...moved, reads: 0 }))
    return [await move(program, source, middle, moved), await move(program, middle, target, moved)]
  } finally {
    for (const place of places) await place.remove()
  }
}

async function move(
  program: Program,
  from: Place,
  to: Place,
  amount: Sizes['moved'],
): Promise<MigrationFigures> {
  const start = performance.now()
  const killedAtPercent = await moveWithKills(program, from.address, to.address)
  const seconds = (performance.now() - start) / 1_000
  const [before, after] = [await digestsOf(from.address, workspace), await digestsOf(to.address, workspace)]
  const different = collections.flatMap((collection) => {
    const [a, b] = [before[collection], after[collection]]
    if (a?.rows === b?.rows && a?.sha256 === b?.sha256) return []
    return [`${collection}: ${a?.rows} rows became ${b?.rows}, ${a?.sha256} became ${b?.sha256}`]
  })
  if (killedAtPercent.length < 2) different.push(`the command was killed ${killedAtPercent.length} times`)
  const short = { messages: amount.messages, tickets: amount.tickets }
  return { from: from.driver, to: to.driver, ...short, killedAtPercent, seconds, digests: after, different }
}
