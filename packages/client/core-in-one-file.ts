import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * Gives each file that is loaded later all of the core to reach. esbuild, which may be the application's bundler too, puts what
 * different files share into files of their own: the core would be five of them, each compressed by itself, and 1.2 kB larger.
 */
export const coreInOneFile: Plugin = {
  name: 'core in one file',
  setup({ onLoad }) {
    onLoad(
      { filter: /(later-things|later-contract|call-engine|call-tools|keeping|warnings)\.ts$/ },
      async ({ path }) => {
        const core = new URL('src/client.ts', import.meta.url).pathname
        const source = await readFile(path, 'utf8')
        return { contents: `${source}\nexport { createChatClient } from '${core}'\n`, loader: 'ts' }
      },
    )
  },
}
