import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { onTwoNodes } from '../../../packages/server/tests/support/two-nodes/files.ts'
import { twoNodes } from '../../../vitest.config.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export default defineConfig({
  root,
  test: {
    maxWorkers: '100%',
    globalSetup: './packages/server/tests/support/build-programs.ts',
    projects: [{ ...twoNodes(onTwoNodes), root }],
  },
})
