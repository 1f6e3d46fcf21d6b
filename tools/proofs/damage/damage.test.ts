import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damageAtRest } from './at-rest.ts'
import { hangAtStart, moveClock, refuseAtStart } from './at-start.ts'
import { kinds } from './kinds.ts'
import { makeScene, type Scene } from './scene.ts'
import { clockKinds, refusedKinds } from './start-kinds.ts'
import { damageWhileRunning, runningKinds, untraceable } from './while-running.ts'

// A few kinds of what `pnpm prove damage` does with more than sixty.
let scene: Scene
beforeAll(async () => {
  scene = await makeScene('source')
})
afterAll(() => scene.remove())

describe('a damaged data folder', { timeout: 300_000 }, () => {
  it.each(kinds.filter(({ isShort }) => isShort))('[SD1, SD4] is told of, where $what', async (kind) => {
    const { problems, told } = await damageAtRest(kind, scene, 'source')
    expect(problems, told).toEqual([])
  })

  it.each(refusedKinds.filter(({ isShort }) => isShort))('[SD13] is refused, where $what', async (kind) => {
    const { problems, told } = await refuseAtStart(kind, scene, 'source')
    expect(problems, told).toEqual([])
  })

  it.each(clockKinds.filter(({ isShort }) => isShort))(
    '[SD15] keeps its order, where $what',
    async (kind) => {
      const { problems, told } = await moveClock(kind, scene, 'source')
      expect(problems, told).toEqual([])
    },
  )

  it('[SD14] is told of and left by a signal, where its disk hangs at the start', async () => {
    const { problems, told } = await hangAtStart(scene, 'source')
    expect(problems, told).toEqual([])
  })

  it.each(runningKinds.filter(({ isShort }) => isShort))(
    '[SD2, SD3] is honest while it runs, where $what',
    async (kind) => {
      const why = await untraceable
      if (why !== undefined) expect(process.env.CI, why).toBeUndefined()
      if (why !== undefined) return
      const { problems, told } = await damageWhileRunning(kind, 'source')
      expect(problems, told).toEqual([])
    },
  )
})
