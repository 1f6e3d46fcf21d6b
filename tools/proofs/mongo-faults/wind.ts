import { errorAnswer, writeConcernErrors } from '../../../packages/server/tests/support/mongo-errors.ts'
import type { Rule, Trouble } from '../../../packages/server/tests/support/mongo-proxy.ts'
import { between, pick, type Random } from '../stores/random.ts'

/** How many commands came to grief. */
export interface Blown {
  troubled: number
}

const ofWrites: readonly Trouble[] = [
  'cut before',
  'reset before',
  'cut after',
  'torn answer',
  'swallow',
  'mute',
  { error: errorAnswer('PrimarySteppedDown') },
  { error: errorAnswer('InterruptedDueToReplStateChange'), isDone: true },
  { error: errorAnswer('NotWritablePrimary'), isDone: true },
  { error: errorAnswer('ShutdownInProgress') },
  { writeConcernError: writeConcernErrors.WriteConcernTimeout },
  { writeConcernError: writeConcernErrors.PrimarySteppedDown },
]
const ofOthers: readonly Trouble[] = ['cut before', 'cut after', 'torn answer', 'mute']

const shareOfWrites = 0.02
const shareOfBatches = 0.05
const shareOfOthers = 0.003

/** Random trouble. */
export function wind(random: Random, blown: Blown): Rule {
  const troubleOf = (name: string, documents: unknown): Trouble | undefined => {
    const isWrite = ['insert', 'update', 'delete', 'findAndModify'].includes(name)
    if (Array.isArray(documents) && documents.length > 1 && random() < shareOfBatches)
      return { firstDocuments: documents.length >> 1 }
    if (random() < (isWrite ? shareOfWrites : shareOfOthers))
      return pick(random, isWrite ? ofWrites : ofOthers)
    return random() < shareOfWrites ? { delayMs: between(random, 20, 1_200) } : undefined
  }
  return ({ name, document }) => {
    const trouble = troubleOf(name, name === 'insert' ? document.documents : undefined)
    if (trouble !== undefined) blown.troubled += 1
    return trouble
  }
}
