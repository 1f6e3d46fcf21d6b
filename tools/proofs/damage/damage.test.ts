import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damageAtRest } from './at-rest.ts'
import { kinds } from './kinds.ts'
import { makeScene, type Scene } from './scene.ts'
import { damageWhileRunning, runningKinds, untraceable } from './while-running.ts'

// A few kinds of what `pnpm prove damage` does with more than forty.
let scene: Scene
beforeAll(async () => {
  scene = await makeScene('source')
}, 60_000)
afterAll(() => scene.remove())

describe('a damaged data folder', { timeout: 60_000 }, () => {
  it.each(kinds.filter(({ isShort }) => isShort))('[SD1, SD4] is told of, where $what', async (kind) => {
    const { problems, told } = await damageAtRest(kind, scene, 'source')
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
