import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
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

/** Tests that need a process of their own: they mock modules, which another test has loaded by then. */
const alone = ['packages/client', 'packages/server'].flatMap(findAlone)

function findAlone(folder: string): string[] {
  const root = fileURLToPath(new URL('.', import.meta.url))
  const files = ['src', 'tests'].flatMap((part) =>
    readdirSync(join(root, folder, part), { encoding: 'utf8', recursive: true })
      .filter((file) => /\.test\.tsx?$/.test(file) && !file.includes('node_modules'))
      .map((file) => join(folder, part, file)),
  )
  return files.filter((file) => /\bvi\.(mock|resetModules)\(/.test(readFileSync(join(root, file), 'utf8')))
}

/** Tests that share their workers: to load all that they import once a file would take as long as the tests do. */
function together(name: string, include: string[], exclude: string[] = []): TestProjectInlineConfiguration {
  return {
    ...common,
    test: { name, include, exclude: [...excluded, ...alone, ...exclude], isolate: false, ...timeouts },
  }
}

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
          name: 'alone',
          include: ['{tools,examples,scripts}/**/*.test.{ts,tsx}', ...alone],
          exclude: excluded,
          typecheck: { enabled: true, include: ['packages/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
          ...timeouts,
        },
      },
      together('server', ['packages/{protocol,server}/**/*.test.ts'], [twoNodeTests]),
      together('client', ['packages/client/**/*.test.{ts,tsx}'], [hookTests, packedTests]),
      together('hooks', [hookTests]),
      twoNodes(inEveryRun),
      {
        ...together('react-18', [hookTests]),
        resolve: {
          ...common.resolve,
          alias: [
            { find: /^react$/, replacement: `${react18}react` },
            { find: /^react\/(.*)$/, replacement: `${react18}react/$1` },
            { find: /^react-dom\/(.*)$/, replacement: `${react18}react-dom/$1` },
          ],
        },
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
