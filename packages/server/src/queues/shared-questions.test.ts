import { expect, it } from 'vitest'
import { SharedQuestions } from './shared-questions.ts'

/** Questions that are answered when the test says. */
function opened() {
  const under: { workspace: string; answer: (value: number) => void; fail: (error: Error) => void }[] = []
  const questions = new SharedQuestions<number>()
  const shared = (workspace: string) =>
    questions.ask(
      workspace,
      () =>
        new Promise<number>((answer, fail) => {
          under.push({ workspace, answer, fail })
        }),
    )
  return { under, shared }
}

it('asks once for all who come while a question is under way, after they came', async () => {
  const { under, shared } = opened()
  const first = shared('a')
  const others = [shared('a'), shared('a'), shared('b')]
  expect(under.map(({ workspace }) => workspace)).toEqual(['a', 'b'])
  under[0]?.answer(1)
  under[1]?.answer(2)
  expect(await first).toBe(1)
  expect(await others[2]).toBe(2)
  await expect.poll(() => under.length).toBe(3)
  const late = shared('a')
  under[2]?.answer(3)
  expect(await Promise.all(others)).toEqual([3, 3, 2])
  await expect.poll(() => under.length).toBe(4)
  under[3]?.answer(4)
  expect(await late).toBe(4)
})

it('asks again after a question that failed', async () => {
  const { under, shared } = opened()
  const [first, second] = [shared('a'), shared('a')]
  under[0]?.fail(new Error('gone'))
  await expect(first).rejects.toThrow('gone')
  await expect.poll(() => under.length).toBe(2)
  under[1]?.answer(2)
  expect(await second).toBe(2)
  const third = shared('a')
  expect(under).toHaveLength(3)
  under[2]?.answer(3)
  expect(await third).toBe(3)
})
