import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { StoreUnavailableError } from '../store.ts'
import { type Asked, batches } from './batches.ts'
import { deadlines } from './deadlines.ts'

interface Question extends Asked<string> {
  readonly text: string
}

/** Batches of one key, and what was run together. */
function open(run: (asked: readonly Question[]) => Promise<void>, deadlineMs = 5_000) {
  const ran: string[][] = []
  const { ask, step } = batches<string, string, Question>(
    deadlines(deadlineMs),
    (key) => key,
    (_key, asked) => {
      ran.push(asked.map(({ text }) => text))
      return run(asked)
    },
  )
  return {
    ran,
    ask: (text: string) => ask('key', { text }),
    step: <T>(run: () => Promise<T>) => step('key', run),
  }
}

async function answerAll(asked: readonly Question[]): Promise<void> {
  for (const one of asked) one.answer = `${one.text}!`
}

describe('batches', () => {
  it('run what is asked at once together, and answer each', async () => {
    const { ran, ask } = open(answerAll)
    expect(await Promise.all(['a', 'b', 'c'].map(ask))).toEqual(['a!', 'b!', 'c!'])
    expect(ran).toEqual([['a', 'b', 'c']])
  })

  it('run the others without the one that is at fault', async () => {
    const { ask } = open(async (asked) => {
      if (asked.some(({ text }) => text === 'bad')) throw new TypeError('bad')
      await answerAll(asked)
    })
    const [good, bad, better] = await Promise.allSettled(['good', 'bad', 'better'].map(ask))
    expect([good, better].map((one) => one?.status)).toEqual(['fulfilled', 'fulfilled'])
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(TypeError) })
  })

  it('answer what was done before the store failed, and nothing else', async () => {
    const { ran, ask } = open(async ([first]) => {
      if (first) await answerAll([first])
      throw new StoreUnavailableError('gone')
    })
    const [first, second] = await Promise.allSettled(['a', 'b'].map(ask))
    expect(first).toMatchObject({ status: 'fulfilled', value: 'a!' })
    expect(second).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
    expect(ran).toHaveLength(1)
  })

  it('[S49] run no step whose caller has been refused by then', async () => {
    const { ask, step } = open(
      (asked) => (asked[0]?.text === 'lost' ? new Promise(() => {}) : answerAll(asked)),
      1_000,
    )
    // The next one begins late enough to end well after the others' callers have been refused.
    const first = step(() => pause(300))
    const lost = ask('lost')
    let ran = false
    const late = step(async () => {
      ran = true
    })
    await first
    await expect(lost).rejects.toThrow(StoreUnavailableError)
    await expect(late).rejects.toThrow(StoreUnavailableError)
    expect(ran).toBe(false)
    expect(await step(async () => 'in time')).toBe('in time')
  })

  it('keep nobody waiting behind one that never ends', async () => {
    const { ask } = open(
      (asked) => (asked[0]?.text === 'lost' ? new Promise(() => {}) : answerAll(asked)),
      100,
    )
    await expect(ask('lost')).rejects.toThrow(StoreUnavailableError)
    expect(await ask('next')).toBe('next!')
  })
})
