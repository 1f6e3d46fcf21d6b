import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { FairQueues } from './fair-queues.ts'

/** Queues whose tasks note their names as they begin, and whether two of them ran at once. */
function noted() {
  const [queues, begun]: [FairQueues, string[]] = [new FairQueues(), []]
  const running = new Set<string>()
  const run = (asker: string, name: string, key = 'shop') =>
    queues.run(
      key,
      async () => {
        expect(running.has(key)).toBe(false)
        running.add(key)
        begun.push(name)
        await turn()
        running.delete(key)
        return name
      },
      asker,
    )
  return { queues, begun, run }
}

it('[BG19] lets those who ask take turns, each with their own in order', async () => {
  const { queues, begun, run } = noted()
  const all = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => run(name.slice(0, 1), name))
  expect(queues.length).toBe(6)
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1'])
  expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  expect(queues.length).toBe(0)
})

it('[BG19] runs after one task what was asked for during it, whoever has asked for more', async () => {
  const { begun, run } = noted()
  const many = Array.from({ length: 50 }, (_, n) => run('mallory', `mallory ${n}`))
  await many[0]
  await run('ann', 'ann')
  expect(begun.indexOf('ann')).toBeLessThan(4)
  await Promise.all(many)
})

it('goes on after a task that fails, and is idle when all are done', async () => {
  const { queues, begun, run } = noted()
  const failing = queues.run('shop', () => Promise.reject(new Error('No')), 'ann')
  const throwing = queues.run(
    'shop',
    () => {
      throw new Error('Not even begun')
    },
    'ann',
  )
  const others = [run('ann', 'next'), run('ann', 'elsewhere', 'other')]
  await expect(failing).rejects.toThrow('No')
  await expect(throwing).rejects.toThrow('Not even begun')
  await queues.idle()
  expect(begun.toSorted()).toEqual(['elsewhere', 'next'])
  await Promise.all(others)
  expect(await run('ann', 'again')).toBe('again')
})
