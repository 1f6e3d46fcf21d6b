import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defaultServerConditions } from 'vite'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { inEveryRun } from './packages/server/tests/support/two-nodes/files.ts'
import { inPlaceOfOne } from './packages/server/tests/support/two-nodes/in-place-of-one.ts'

// The source condition comes first, so that tests need no build.
const conditions = ['@dowellchat/source', ...defaultServerConditions]
const react18 = fileURLToPath(new URL('./packages/client/tests/react-18/node_modules/', import.meta.url))

const common = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@dowellchat/source', 'node', 'module-sync'] } },
}
// Far more than anything takes: they end what hangs, also where a machine is slower or shared.
const timeouts = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 20_000, interval: 10 } },
}
const excluded = ['**/node_modules/**', '**/dist/**']
const hookTests = 'packages/client/src/react/*.test.tsx'
const twoNodeTests = 'packages/server/tests/support/two-nodes/*.test.ts'
const packedTests = 'packages/client/tests/packed/*.test.{ts,tsx}'

/** Tests that get two servers in place of one. */
export function twoNodes(include: string[]): TestProjectInlineConfiguration {
  const support = fileURLToPath(new URL('./packages/server/tests/support/two-nodes/', import.meta.url))
  return {
    ...common,
    plugins: [inPlaceOfOne()],
    test: {
      name: 'two-nodes',
      include,
      exclude: excluded,
      globalSetup: `${support}global-setup.ts`,
      setupFiles: `${support}setup.ts`,
      ...timeouts,
      // What stands in for MongoDB is slow, and some of these tests make hundreds of things.
      testTimeout: 300_000,
    },
  }
}

export default defineConfig({
  test: {
    // Tests often wait for a disk, a browser or a timer: two more than there are cores keep these busy.
    maxWorkers: availableParallelism() + 2,
    globalSetup: './packages/server/tests/support/build-programs.ts',
    projects: [
      {
        ...common,
        test: {
          name: 'all',
          include: ['{packages,tools,examples,scripts}/**/*.test.{ts,tsx}'],
          exclude: [...excluded, packedTests, twoNodeTests],
          typecheck: { enabled: true, include: ['packages/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
          ...timeouts,
        },
      },
      twoNodes(inEveryRun),
      {
        ...common,
        resolve: {
          ...common.resolve,
          alias: [
            { find: /^react$/, replacement: `${react18}react` },
            { find: /^react\/(.*)$/, replacement: `${react18}react/$1` },
            { find: /^react-dom\/(.*)$/, replacement: `${react18}react-dom/$1` },
          ],
        },
        test: { name: 'react-18', include: [hookTests], exclude: excluded, ...timeouts },
      },
      {
        ...common,
        test: {
          name: 'demo',
          include: ['apps/demo/**/*.test.ts'],
          exclude: excluded,
          globalSetup: './apps/demo/tests/support/build.ts',
          ...timeouts,
          // Some take 60 pictures of pages.
          testTimeout: 600_000,
        },
      },
      {
        ...common,
        test: {
          name: 'packed',
          include: [packedTests],
          exclude: excluded,
          globalSetup: './packages/client/tests/packed/setup.ts',
          ...timeouts,
        },
      },
    ],
  },
})
