import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', v2: 'src/v2/index.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  clean: true,
})
