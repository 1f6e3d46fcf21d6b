import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built demo. */
    demoPages: string
  }
}

/** Builds the demo once for all its tests, as `npm start` does. */
export default async function buildDemo({ provide }: TestProject): Promise<() => void> {
  const outDir = await buildPages()
  provide('demoPages', outDir)
  return () => rmSync(outDir, { recursive: true, force: true })
}

/** Builds the demo into a new folder, and answers its path. */
export async function buildPages(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'dowellchat-demo-'))
  const root = fileURLToPath(new URL('../..', import.meta.url))
  // Vite reads NODE_ENV, which is `test` here; build what users get.
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  await build({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  process.env.NODE_ENV = before
  return outDir
}
