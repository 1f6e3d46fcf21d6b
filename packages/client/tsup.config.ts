import { readFile, writeFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'
import { coreInOneFile } from './core-in-one-file.ts'
import { oneReact } from './one-react.ts'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    react: 'src/react/index.ts',
    testing: 'src/fake-client/index.ts',
    widget: 'src/widget/index.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // Splitting lets both entries share one client and one context, and keeps calls in a file of their own, in CommonJS too.
  splitting: true,
  // React stays outside all the same: `oneReact` is asked first.
  noExternal: [/^react$/],
  esbuildPlugins: [coreInOneFile, oneReact],
  dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: null } },
  clean: true,
  async onSuccess() {
    // Added after the build: bundlers drop the directive, or put another one before it.
    for (const file of ['dist/react.js', 'dist/react.cjs'])
      await writeFile(file, `"use client";\n${await readFile(file, 'utf8')}`)
  },
})
