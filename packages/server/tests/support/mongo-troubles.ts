import { errorAnswer, type NotPrimary, notPrimary, writeConcernErrors } from './mongo-errors.ts'
import type { Trouble } from './mongo-proxy.ts'

interface Kind {
  readonly trouble: Trouble
  /** Whether only members of replica sets say so. */
  readonly ofSets: boolean
}

const names = Object.keys(notPrimary) as NotPrimary[]

function errors(isDone: boolean): [string, Kind][] {
  const when = isDone ? 'after it was done' : 'and was not done'
  return names.map((name) => [
    `is answered with ${name} ${when}`,
    { trouble: { error: errorAnswer(name), isDone }, ofSets: true },
  ])
}

/** What can become of a write. */
export const troubles: Readonly<Record<string, Kind>> = {
  'is cut off before it arrives': { trouble: 'cut before', ofSets: false },
  'is reset before it arrives': { trouble: 'reset before', ofSets: false },
  'is done, and cut off before its answer': { trouble: 'cut after', ofSets: false },
  'is done, and cut off in the middle of its answer': { trouble: 'torn answer', ofSets: false },
  'arrives nowhere on a connection that stays open': { trouble: 'swallow', ofSets: false },
  'is done on a connection that stays open and mute': { trouble: 'mute', ofSets: false },
  'is done too late': { trouble: { delayMs: 2_500 }, ofSets: false },
  ...Object.fromEntries([...errors(false), ...errors(true)]),
  ...Object.fromEntries(
    Object.entries(writeConcernErrors).map(([name, writeConcernError]) => [
      `is done, and answered with the write concern error ${name}`,
      { trouble: { writeConcernError }, ofSets: true },
    ]),
  ),
}
