import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Gives tests two servers in place of one, and a database that they share in place of a folder; the tests do not change. */
export function inPlaceOfOne(): Plugin {
  return {
    name: 'two servers in place of one',
    enforce: 'pre',
    resolveId(source, importer = '') {
      if (importer.startsWith(here)) return null
      if (/\/start-server\.ts$/.test(source) && importer.includes('/src/testing/'))
        return `${here}start-server.ts`
      const isTest = importer.includes('/tests/')
      return isTest && source.endsWith('/stores/embedded/index.ts') ? `${here}places.ts` : null
    },
  }
}
