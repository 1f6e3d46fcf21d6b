import { fileURLToPath } from 'node:url'
import { defineConfig, type Options } from 'tsup'
import { buildWidget } from '../client/build-widget.ts'

export const commonOptions: Options = {
  target: 'node20',
  platform: 'node',
  // Keep the prefix: `node:sqlite` does not exist without it.
  removeNodeProtocol: false,
  // `sqlite.ts` loads it at run time if there is no `node:sqlite`.
  external: ['@photostructure/sqlite'],
}

export default defineConfig([
  {
    ...commonOptions,
    entry: {
      index: 'src/index.ts',
      testing: 'src/testing/index.ts',
      tokens: 'src/tokens/index.ts',
      'stores-mongo': 'src/stores/mongo/index.ts',
      redis: 'src/nodes/redis-bus.ts',
      s3: 'src/attachments/s3/s3-attachments.ts',
      bots: 'src/bots/index.ts',
    },
    format: ['esm', 'cjs'],
    // In CommonJS too, so that the entries share their classes and their clock.
    splitting: true,
    // Makes CommonJS of what is split by Rollup, which leaves its syntax as it is.
    treeshake: 'safest',
    shims: true,
    dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: null } },
  },
  {
    ...commonOptions,
    // The worker must be next to the file that starts it, in the CommonJS build too.
    entry: { main: 'src/executable/main.ts', 'embedded-worker': 'src/stores/embedded/worker.ts' },
    format: ['esm'],
    onSuccess: () => buildWidget(fileURLToPath(new URL('dist/widget-files', import.meta.url))),
  },
])
