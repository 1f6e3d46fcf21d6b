import { createBot } from '../../../packages/server/src/bots/index.ts'
import { type Answer, partOf, textAfter } from './answer.ts'

/** What a program is told to write, and how fast. */
export interface ProgramPlan extends Answer {
  readonly url: string
  readonly workspace: string
  readonly key: string
  readonly room: string
  /** It begins with the text after so many steps. */
  readonly from: number
  readonly everyMs: number
}

/** How far a program is; `sent`: its message is stored. */
export interface ProgramNews {
  readonly step: number
  readonly sent: string | null
}

/** Writes an answer step by step, until it is done or a reader asks to stop. */
export async function write(plan: ProgramPlan, tell: (news: ProgramNews) => void) {
  const { cid, steps, from, everyMs, room, ...place } = plan
  const bot = createBot({ ...place, user: { id: 'program', name: 'Program' }, rooms: [room] })
  await bot.start()
  const draft = bot.conversation(`room:${room}`).draft({ cid })
  if (from > 0) draft.write(textAfter(from))
  const beganAt = performance.now()
  const run = async (): Promise<void> => {
    for (let step = from; step < steps && !draft.signal.aborted; step++) {
      draft.write(partOf(step))
      tell({ step: step + 1, sent: null })
      const early = beganAt + (step + 1 - from) * everyMs - performance.now()
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    }
    const message = await draft.end()
    tell({ step: steps, sent: message?.message_data ?? '' })
  }
  return { done: run(), close: () => bot.close() }
}
