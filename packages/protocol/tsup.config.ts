import { defineConfig, type Options } from 'tsup'

const entry = { index: 'src/index.ts', core: 'src/core.ts', lines: 'src/lines.ts', v2: 'src/v2/index.ts' }
const shared: Options = {
  target: 'es2022',
  platform: 'neutral',
  dts: { entry, compilerOptions: { ignoreDeprecations: '6.0' } },
}

export default defineConfig([
  {
    ...shared,
    // A file for each source: bundlers leave out files that nobody uses, but keep unused schemas of a file that is used.
    entry: ['src/**/*.ts', '!src/**/*.test*.ts'],
    format: 'esm',
    esbuildPlugins: [
      {
        name: 'a-file-for-each-source',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind }) =>
            kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true },
          )
        },
      },
    ],
  },
  // Split, so that the entries share their schemas.
  { ...shared, entry, format: 'cjs', splitting: true },
])
