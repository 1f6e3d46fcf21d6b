import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, inject, it } from 'vitest'

/** The packed client in one script, as a bundler for browsers or React Native makes it. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(inject('react19'), 'page') },
    bundle: true,
    format: 'iife',
    globalName: 'sdk',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

it('[PK3] needs nothing but the language at import, and timers and AbortController for a client', async () => {
  const script = await bundle(`export * from '@dowellchat/client'`)
  const create = `sdk.createChatClient({ url: 'http://localhost:4000', auth: { token: 'a.b.c' } })`
  expect(runInNewContext(`${script}; typeof sdk.createChatClient`, {})).toBe('function')
  const made = { setTimeout, clearTimeout, AbortController }
  expect(runInNewContext(`${script}; ${create}.connection.getSnapshot().status`, made)).toBe('idle')
})

it('[PK3] needs no more for the hooks', async () => {
  const script = await bundle(`export * from '@dowellchat/client/react'`)
  expect(runInNewContext(`${script}; typeof sdk.useMessages`, {})).toBe('function')
})
