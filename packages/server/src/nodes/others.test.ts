import { expect, it, onTestFinished, vi } from 'vitest'
import { keptLog } from '../../tests/support/kept-log.ts'
import type { NodeStore } from '../stores/store.ts'
import { Others } from './others.ts'

/** The rows of servers, which the test writes as the others would, and may let fail. */
function rowsOf(...ids: string[]) {
  const beats = new Map(ids.map((id) => [id, 1]))
  const asked = { beats: 0, lists: 0 }
  let isDown = false
  const answer = async <T>(value: T): Promise<T> => {
    if (isDown) throw new Error('the store is down')
    return value
  }
  const beat = (id: string): void => void beats.set(id, (beats.get(id) ?? 0) + 1)
  const store: NodeStore = {
    async beat(id) {
      asked.beats += 1
      await answer(undefined)
      beat(id)
    },
    list() {
      asked.lists += 1
      return answer([...beats].map(([id, n]) => ({ id, beat: n })))
    },
    async remove(removed) {
      await answer(undefined)
      for (const id of removed) beats.delete(id)
    },
  }
  return { store, beats, asked, beat, fail: (down: boolean) => (isDown = down) }
}

/** The others of a server `own`, over a clock that only the test moves; `east` beats as long as it lives. */
async function started({ hasEast = true } = {}) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const rows = rowsOf(...(hasEast ? ['east'] : []))
  const log = keptLog()
  const others = new Others({ id: 'own', store: rows.store, logger: log.logger })
  const left: string[] = []
  let missed = 0
  others.onLeft((id) => left.push(id))
  others.onMissed(() => (missed += 1))
  await others.start()
  let lives = true
  let n = 0
  return {
    others,
    rows,
    left,
    log,
    missed: () => missed,
    kill: () => (lives = false),
    /** Lets time pass in which `east` beats, in the store and on the bus. */
    async pass(seconds: number, { isHeard = true } = {}) {
      for (let at = 0; at < seconds * 4; at++) {
        if (lives && at % 4 === 0) rows.beat('east')
        if (lives && isHeard && at % 2 === 0) others.heard('east', ++n)
        await vi.advanceTimersByTimeAsync(250)
      }
    },
  }
}

it('[NB7] takes a server for dead whose row has not risen for three seconds, and for alive again when it rises', async () => {
  const { others, rows, left, missed, kill, pass } = await started()
  await pass(10)
  expect(others.ids).toEqual(['east'])
  kill()
  await pass(2)
  expect(others.ids).toEqual(['east'])
  await pass(2)
  expect([others.ids, left]).toEqual([[], ['east']])
  const before = missed()
  rows.beat('east')
  await pass(1)
  expect(others.ids).toEqual(['east'])
  // Nobody was asked about it, and nothing that it said was acted on, while it was taken for dead.
  expect(missed()).toBeGreaterThan(before)
})

it('[NB7] gives a server that still speaks a second more, and one that never spoke', async () => {
  const { others, left, kill, pass } = await started()
  await pass(2)
  kill()
  for (let at = 0; at < 4; at++) {
    expect(others.ids).toEqual(['east'])
    others.heard('east', 1_000 + at)
    await pass(1)
  }
  await pass(1)
  expect([others.ids, left]).toEqual([[], ['east']])
  const mute = await started()
  await mute.pass(4, { isHeard: false })
  mute.kill()
  await mute.pass(3)
  expect(mute.others.ids).toEqual(['east'])
  await mute.pass(2)
  expect(mute.left).toEqual(['east'])
})

it('[NB7] notices at once that a server leaves, and is not deceived by its last beat', async () => {
  const { others, rows, left, kill, pass } = await started()
  await pass(2)
  rows.beat('east')
  kill()
  others.leaves('east')
  others.leaves('nobody')
  expect([others.ids, left]).toEqual([[], ['east']])
  await pass(2)
  expect(others.ids).toEqual([])
  // Somebody else said so of a server that lives.
  rows.beat('east')
  await pass(1)
  expect(others.ids).toEqual(['east'])
})

it('[NB7] notices a row that was removed', async () => {
  const { others, rows, left, kill, pass } = await started()
  kill()
  rows.beats.delete('east')
  await pass(1)
  expect([others.ids, others.has('east'), left]).toEqual([[], false, ['east']])
})

it('[NB8] declares nobody dead while it could not read the rows itself, or stood still', async () => {
  const { others, rows, left, log, kill, pass } = await started()
  await pass(2)
  rows.fail(true)
  // The others cannot write theirs either.
  await pass(20)
  expect(log.messages()).toEqual(['The rows of other servers cannot be read'])
  rows.fail(false)
  kill()
  await pass(2)
  expect([others.ids, left]).toEqual([['east'], []])
  // It stood still: its clock runs on, and it has not looked.
  vi.setSystemTime(0)
  const before = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => before + 60_000)
  onTestFinished(() => clock.mockRestore())
  await others.look()
  expect(left).toEqual([])
})

it('[NB8] asks the store for one small write and one small read a second, however many messages arrive', async () => {
  const { others, rows, pass } = await started()
  const before = { ...rows.asked }
  await pass(10)
  expect(rows.asked.lists - before.lists).toBe(10)
  expect(rows.asked.beats - before.beats).toBe(10)
  for (let n = 0; n < 10_000; n++) {
    others.heard(`forged ${n}`, n)
    void others.lookFor()
  }
  await pass(0.25)
  expect(rows.asked.lists - before.lists).toBeLessThan(13)
  expect(others.ids).toEqual(['east'])
})

it('[NB8] removes the rows of servers that ended a minute ago', async () => {
  const { others, rows, kill, pass } = await started()
  kill()
  await pass(50)
  expect(rows.beats.has('east')).toBe(true)
  await pass(20)
  expect([rows.beats.has('east'), others.has('east')]).toEqual([false, false])
})

it('[NB9] says that something may have been missed: at once for a gap, every second for silence', async () => {
  const { others, missed, pass } = await started()
  expect(others.areHeard).toBe(false)
  await pass(2)
  expect(others.areHeard).toBe(true)
  const before = missed()
  await pass(5)
  expect(missed()).toBe(before)
  expect(others.heard('east', 100)).toBeGreaterThan(0)
  expect(missed()).toBe(before + 1)
  await pass(5, { isHeard: false })
  expect(others.areHeard).toBe(false)
  expect(missed() - before).toBeGreaterThanOrEqual(4)
  expect(missed() - before).toBeLessThanOrEqual(6)
})

it('[NB9] says so when a server is heard for the first time: what it said before was lost', async () => {
  const { others, missed, pass } = await started()
  await pass(2, { isHeard: false })
  const before = missed()
  expect(others.heard('east', 40)).toBe(0)
  expect(missed()).toBe(before + 1)
  expect(others.heard('east', 41)).toBe(0)
  others.heard('nobody', 1)
  expect(missed()).toBe(before + 1)
})

it('[NB9] says so for a server that has just come, and for one that has ended', async () => {
  const { rows, missed, pass, kill } = await started()
  await pass(2)
  const before = missed()
  rows.beat('west')
  await pass(1)
  expect(missed()).toBeGreaterThan(before)
  rows.beats.delete('west')
  await pass(1)
  const last = missed()
  kill()
  rows.beats.delete('east')
  await pass(1)
  expect(missed()).toBeGreaterThan(last)
})

it('[NB10] ignores numbers that go back, unless they go on from there', async () => {
  const { others } = await started()
  expect([1, 2, 3].map((n) => others.heard('east', n))).toEqual([0, 0, 0])
  expect(others.heard('east', 5)).toBe(1)
  for (const n of [5, 3, 1]) expect(others.heard('east', n)).toBeUndefined()
  // Somebody forged a number of the far future: one true message is lost, and that is noticed.
  expect(others.heard('east', 1e9)).toBeGreaterThan(0)
  expect(others.heard('east', 6)).toBeUndefined()
  expect(others.heard('east', 7)).toBe(1)
  expect(others.heard('east', 8)).toBe(0)
  expect(others.heard('nobody', 1)).toBeUndefined()
  expect(others.numbers).toEqual([['east', 8]])
})

it('[NB8] does not start where it cannot read who else is there', async () => {
  const rows = rowsOf('east')
  const others = new Others({ id: 'own', store: rows.store, logger: keptLog().logger })
  onTestFinished(() => others.stop())
  rows.fail(true)
  await expect(others.start()).rejects.toThrow('the store is down')
  rows.fail(false)
  await others.start()
  expect(others.ids).toEqual(['east'])
})

it('[NB9] reads again what others have said once it can reach the store again, though it has heard all of them', async () => {
  const { rows, missed, pass } = await started()
  await pass(5)
  const before = missed()
  await pass(2)
  expect(missed()).toBe(before)
  rows.fail(true)
  await pass(2)
  expect(missed()).toBe(before)
  rows.fail(false)
  await pass(2)
  expect(missed()).toBe(before + 1)
})
