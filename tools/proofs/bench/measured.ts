/** What the figures of the bench depend on: the server, what it is built from, and how it is measured. */
export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tsup.config.ts',
  'pnpm-lock.yaml',
  'tools/proofs/bench*',
  ':!**/*.test.ts',
  ':!packages/server/src/testing',
]
