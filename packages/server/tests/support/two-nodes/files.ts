/** What runs against two servers in every run of the tests; the rest by `pnpm prove two-nodes`. */
export const inEveryRun = [
  'packages/server/tests/isolation.test.ts',
  'packages/server/tests/v2-seed.test.ts',
  'packages/server/tests/support/two-nodes/pages.test.ts',
  'packages/server/tests/support/two-nodes/two-nodes.test.ts',
]

/** The test files that run against two servers as well as against one. */
export const onTwoNodes = [
  'packages/server/tests/v2-*.test.ts',
  'packages/server/tests/isolation*.test.ts',
  'packages/server/tests/permission-matrix.test.ts',
  'packages/server/tests/support/two-nodes/*.test.ts',
]

/** What looks into one process, and so is left out: a part of the title, and why. */
export const inOneProcess: readonly { readonly title: string; readonly reason: string }[] = []
