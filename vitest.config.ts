import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

// The source condition first: the workspace runs and tests without a build.
const conditions = ['@dowellchat/source', ...defaultServerConditions]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@dowellchat/source', 'node', 'module-sync'] } },
  test: {
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    typecheck: { enabled: true, include: ['packages/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
