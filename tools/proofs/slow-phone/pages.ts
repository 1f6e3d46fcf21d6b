import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { buildPages } from '../../../apps/demo/tests/support/build.ts'

const root = fileURLToPath(new URL('bare', import.meta.url))

/** The pages that are compared, by their address: the demo in a room, and one that has the SDK or socket.io-client alone. */
export const addresses = {
  demo: '/#/chat/lobby',
  'SDK alone': '/sdk',
  'socket.io-client alone': '/socket-io',
} as const

export type PageName = keyof typeof addresses

/** Builds all of them into a new folder, and answers its path. */
export async function buildAll(): Promise<string> {
  const outDir = await buildPages()
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { conditions: ['@dowellchat/source'] },
    build: {
      ...{ outDir, emptyOutDir: false },
      rolldownOptions: { input: ['sdk', 'socket-io'].map((name) => `${root}/${name}.html`) },
    },
  })
  return outDir
}
