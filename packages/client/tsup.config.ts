import { readFile, writeFile } from 'node:fs/promises'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * Gives each file that is loaded later all of the core to reach. esbuild, which may be the application's bundler too, puts what
 * different files share into files of their own: the core would be five of them, each compressed by itself, and 1.2 kB larger.
 */
const coreInOneFile: Plugin = {
  name: 'core in one file',
  setup({ onLoad }) {
    onLoad(
      { filter: /(later-things|later-contract|call-engine|keeping|warnings)\.ts$/ },
      async ({ path }) => {
        const core = new URL('src/client.ts', import.meta.url).pathname
        const source = await readFile(path, 'utf8')
        return { contents: `${source}\nexport { createChatClient } from '${core}'\n`, loader: 'ts' }
      },
    )
  },
}

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
  esbuildPlugins: [coreInOneFile],
  dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: null } },
  clean: true,
  async onSuccess() {
    // Added after the build: bundlers drop the directive, or put another one before it.
    for (const file of ['dist/react.js', 'dist/react.cjs'])
      await writeFile(file, `"use client";\n${await readFile(file, 'utf8')}`)
  },
})
