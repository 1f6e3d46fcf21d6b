import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { onTwoNodes } from '../../../packages/server/tests/support/two-nodes/files.ts'
import { twoNodes } from '../../../vitest.config.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Begins with what takes longest by far, so that none of it runs alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      /\/(permission-matrix|isolation-foreign)\.test\.ts$/.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  root,
  test: {
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    globalSetup: './packages/server/tests/support/build-programs.ts',
    projects: [{ ...twoNodes(onTwoNodes), root }],
  },
})
