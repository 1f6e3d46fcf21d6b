import type { Random } from '../stores/random.ts'
import type { Act, Actor } from './actor.ts'
import { edit, pin, react, remove, unpin, unreact } from './changing.ts'
import { keep, lookAtLists, lookAtReceipts, markRead, markUnread } from './marking.ts'
import { block, lookAround, manage, report, resolve, setPreferences, setPresence, type } from './people.ts'
import { jump, look } from './reading.ts'
import { say, sayInThread, sayMany, startThread, visitThread } from './saying.ts'

/** How often each thing is done, in proportion. */
const acts: readonly (readonly [share: number, act: Act])[] = [
  [20, say],
  [4, sayMany],
  [6, sayInThread],
  [2, startThread],
  [1, visitThread],
  [8, edit],
  [3, remove],
  [13, react],
  [7, unreact],
  [2, pin],
  [2, unpin],
  [11, markRead],
  [3, markUnread],
  [2, keep],
  [2, lookAtLists],
  [1, lookAtReceipts],
  [3, jump],
  [2, look],
  [2, type],
  [1, lookAround],
  [1, setPresence],
  [1, setPreferences],
  [1, block],
  [1, report],
  [1, resolve],
  [1, manage],
]
const all = acts.reduce((sum, [share]) => sum + share, 0)

function someAct(random: Random): Act {
  let left = random() * all
  for (const [share, act] of acts) {
    left -= share
    if (left < 0) return act
  }
  return say
}

/** Does one thing that can be done now. */
export async function doSomething(actor: Actor): Promise<void> {
  for (;;) {
    const done = someAct(actor.device.random)(actor)
    if (done) {
      await done
      return
    }
  }
}
