import { defineConfig, type Options } from 'tsup'

export const commonOptions: Options = {
  target: 'node20',
  platform: 'node',
  // `node:sqlite` exists under that name alone.
  removeNodeProtocol: false,
  // `sqlite.ts` asks for it at run time, where there is no `node:sqlite`.
  external: ['@photostructure/sqlite'],
}

export default defineConfig([
  {
    ...commonOptions,
    entry: {
      index: 'src/index.ts',
      testing: 'src/testing/index.ts',
      'stores-mongo': 'src/stores/mongo/index.ts',
    },
    format: ['esm', 'cjs'],
    shims: true,
    dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: null } },
  },
  {
    ...commonOptions,
    // The worker is started beside the file that starts it, from the CommonJS build too.
    entry: { main: 'src/executable/main.ts', 'embedded-worker': 'src/stores/embedded/worker.ts' },
    format: ['esm'],
  },
])
