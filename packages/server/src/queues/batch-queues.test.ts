import { expect, it } from 'vitest'
import { BatchQueues, turn } from './batch-queues.ts'

it('[NS4] lets what waits have its turn, however many steps come that go first', async () => {
  const ran: string[] = []
  const queues = new BatchQueues<string, string>(
    (key) => key,
    async (_, items) => void ran.push(...items),
  )
  let isOver = false
  // As while another server appends faster than this one reads.
  const hint = (): void => {
    void queues.stepFirst('room', async () => {
      ran.push('hint')
      if (!isOver) hint()
      await turn()
    })
  }
  hint()
  for (const item of ['one', 'two']) queues.add('room', item)
  const joined = queues.step('room', async () => void ran.push('join'))
  for (let n = 0; n < 100 && !ran.includes('join'); n++) await turn()
  isOver = true
  await Promise.all([joined, queues.idle()])
  expect(ran.slice(0, 5)).toEqual(['hint', 'one', 'two', 'hint', 'join'])
})

it('[NS4] runs steps that go first while a batch waits its time, which it has', async () => {
  const ran: string[] = []
  let end = (): void => {}
  let waiting: Promise<void> | undefined = new Promise((resolve) => {
    end = () => {
      waiting = undefined
      resolve()
    }
  })
  const queues = new BatchQueues<string, string>(
    (key) => key,
    async (_, items) => void ran.push(...items),
    { wait: () => waiting },
  )
  queues.add('room', 'one')
  for (const name of ['hint 1', 'hint 2', 'hint 3'])
    await queues.stepFirst('room', async () => void ran.push(name))
  expect(ran).toEqual(['hint 1', 'hint 2', 'hint 3'])
  end()
  await queues.idle()
  expect(ran).toEqual(['hint 1', 'hint 2', 'hint 3', 'one'])
})

it('waits for all that is queued, also for what goes first', async () => {
  const ran: string[] = []
  const queues = new BatchQueues<string, string>(
    (key) => key,
    async (_, items) => void ran.push(...items),
  )
  queues.add('room', 'one')
  for (const name of ['hint 1', 'hint 2', 'hint 3'])
    void queues.stepFirst('room', async () => void ran.push(name))
  await queues.settled()
  expect(ran.toSorted()).toEqual(['hint 1', 'hint 2', 'hint 3', 'one'])
  expect(queues.length).toBe(0)
})
