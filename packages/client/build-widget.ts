import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { coreInOneFile } from './core-in-one-file.ts'

const source = (name: string): string => fileURLToPath(new URL(`src/widget/${name}`, import.meta.url))

const common: BuildOptions = {
  bundle: true,
  minify: true,
  target: 'es2022',
  platform: 'browser',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  // The sources, so that nothing must be built before.
  conditions: ['@dowellchat/source'],
}

/**
 * Builds what a server serves as `/widget.js` into a folder: the bubble in one file, and what is loaded behind it. The names of the
 * files in `assets` change with what is in them.
 */
export async function buildWidget(folder: string): Promise<void> {
  await Promise.all([
    build({
      ...common,
      entryPoints: { widget: source('script.ts') },
      outdir: folder,
      format: 'iife',
    }),
    build({
      ...common,
      entryPoints: { app: source('app.ts') },
      outdir: join(folder, 'widget'),
      chunkNames: 'assets/[name]-[hash]',
      splitting: true,
      plugins: [coreInOneFile],
      format: 'esm',
    }),
  ])
}
