import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { SerialQueues } from './serial-queues.ts'

/** Queues whose tasks note their names as they begin, and whether two of one key ran at once. */
function noted() {
  const [queues, begun]: [SerialQueues, string[]] = [new SerialQueues(), []]
  const running = new Set<string>()
  const run = (key: string, name: string) =>
    queues.run(key, async () => {
      expect(running.has(key)).toBe(false)
      running.add(key)
      begun.push(name)
      await turn()
      running.delete(key)
      return name
    })
  return { queues, begun, run }
}

it('runs the tasks of one key in order, and those of another beside them', async () => {
  const { queues, begun, run } = noted()
  const many = Array.from({ length: 50 }, (_, n) => run('mallory', `mallory ${n}`))
  const ann = run('ann', 'ann')
  expect(queues.length).toBe(51)
  expect(await ann).toBe('ann')
  expect(begun.length).toBeLessThan(4)
  expect(await Promise.all(many)).toEqual(begun.filter((name) => name !== 'ann'))
  await queues.idle()
  expect(queues.length).toBe(0)
})

it('goes on after a task that fails, and is idle when all are done', async () => {
  const { queues, begun, run } = noted()
  const failing = queues.run('ann', () => Promise.reject(new Error('No')))
  const throwing = queues.run('ann', () => {
    throw new Error('Not even begun')
  })
  const others = [run('ann', 'next'), run('ben', 'elsewhere')]
  await expect(failing).rejects.toThrow('No')
  await expect(throwing).rejects.toThrow('Not even begun')
  await queues.idle()
  expect(begun.toSorted()).toEqual(['elsewhere', 'next'])
  await Promise.all(others)
  expect(await run('ann', 'again')).toBe('again')
})
