import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { build as buildWithEsbuild } from 'esbuild'
import { build as buildWithVite, createLogger, type Rolldown } from 'vite'

/** A page as a bundler has made it of consumer/page, by path, and what the bundler complained about. */
export interface BuiltPage {
  readonly files: ReadonlyMap<string, string>
  readonly warnings: readonly string[]
}

async function vite(consumer: string): Promise<BuiltPage> {
  const warnings: string[] = []
  const warn = (text: string): void => void warnings.push(text)
  const built = await buildWithVite({
    root: join(consumer, 'page'),
    configFile: false,
    plugins: [react()],
    logLevel: 'warn',
    customLogger: { ...createLogger('silent'), warn, warnOnce: warn },
    build: { write: false },
  })
  // One build that is not watched has one output.
  const { output } = built as Rolldown.RolldownOutput
  const files = output.map(
    (file) => [file.fileName, 'code' in file ? file.code : String(file.source)] as const,
  )
  return {
    files: new Map(files.map(([name, content]) => [name === 'index.html' ? '/' : `/${name}`, content])),
    warnings,
  }
}

async function esbuild(consumer: string): Promise<BuiltPage> {
  const page = join(consumer, 'page')
  const { outputFiles, warnings } = await buildWithEsbuild({
    absWorkingDir: consumer,
    entryPoints: [join(page, 'main.tsx')],
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    write: false,
  })
  const html = await readFile(join(page, 'index.html'), 'utf8')
  const scripts = outputFiles.map(({ path, text }) => [path, text] as const)
  return {
    files: new Map([['/', html.replace('main.tsx', 'main.js')], ...scripts]),
    warnings: warnings.map(({ text }) => text),
  }
}

export const bundlers = { vite, esbuild }
