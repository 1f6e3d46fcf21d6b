/** A place where the packed packages must work: files, what to run there, and what that must print. */
export interface Environment {
  readonly name: string
  /** What is installed for it, by package; the first one's version is told. */
  readonly packages: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  readonly run: readonly (readonly string[])[]
  /** What the last command prints. */
  readonly prints: RegExp
}

const start = `createChatClient({ url: 'http://localhost:4000', auth: { token: 'a.b.c' } })`

/** A page with hooks, without types. */
const page = `
import { createElement as h } from 'react'
import { renderToString } from 'react-dom/server'
import { ChatProvider, useConnection, useMessages } from '@dowellchat/client/react'
function Room() {
  const { status } = useMessages('lobby')
  return h('p', null, useConnection().status + ' ' + status)
}
export const html = renderToString(
  h(ChatProvider, { url: 'http://localhost:4000', auth: { token: 'a.b.c' } }, h(Room)))
console.log(html)
// React's server for browsers keeps a channel open.
globalThis.process?.exit(0)
`

const shown = /<p>idle loading<\/p>/

const program = (module: string) => `
const { startServer } = await import('@dowellchat/server/testing')
const { createChatClient } = await import('@dowellchat/client')
${module}
const server = await startServer()
const client = createChatClient({
  url: server.url,
  auth: { workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' },
})
const lobby = client.rooms.messages('lobby')
let sent = false
client.connect()
watchRows(lobby, (messages) => {
  if (!messages.some(({ delivery }) => delivery === 'sent')) return
  console.log('shown', messages[0].message.message_data)
  process.exit(0)
})
lobby.subscribe(() => {
  if (lobby.getSnapshot().sync === 'live' && !sent) void lobby.send('Hello')
  sent ||= lobby.getSnapshot().sync === 'live'
})
`

const strict = { strict: true, noEmit: true, target: 'es2022', types: [], skipLibCheck: false }
const typesOf = (version: string): Environment => ({
  name: `TypeScript ${version}`,
  packages: { [`typescript-${version}`]: `npm:typescript@${version}` },
  files: {
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        ...strict,
        lib: ['es2022', 'dom', 'dom.iterable'],
        jsx: 'react-jsx',
        module: 'esnext',
        moduleResolution: 'bundler',
      },
    }),
    'page.tsx': `
import { createChatClient, isRequestError } from '@dowellchat/client'
import { ChatProvider, useMessages } from '@dowellchat/client/react'
const client = ${start}
export async function close(ticket_id: string): Promise<boolean> {
  try {
    return (await client.request.close_ticket({ ticket_id })).closed_now
  } catch (error) {
    return isRequestError(error, 'close_ticket') && error.code === 'not_found'
  }
}
function Room() {
  return <ul>{useMessages('lobby').messages.map(({ key, message }) => <li key={key}>{message.message_data}</li>)}</ul>
}
export const page = <ChatProvider url="http://localhost:4000" auth={{ token: 'a.b.c' }}><Room /></ChatProvider>
// @ts-expect-error no such request
void client.request.open_sesame
`,
  },
  run: [
    ['node', `../node_modules/typescript-${version}/bin/tsc`, '-p', '.'],
    ['node', '-e', `console.log('compiled')`],
  ],
  prints: /compiled/,
})

const bundled = (command: readonly string[]): Environment['run'] => [command, ['node', 'out/main.mjs']]

export const environments: readonly Environment[] = [
  {
    name: 'Node, ES modules',
    packages: {},
    files: { 'main.mjs': page },
    run: [['node', 'main.mjs']],
    prints: shown,
  },
  {
    name: 'Node, CommonJS',
    packages: {},
    files: {
      'main.cjs': `
const { createChatClient } = require('@dowellchat/client')
const hooks = require('@dowellchat/client/react')
console.log(${start}.connection.getSnapshot().status, typeof hooks.useMessages)`,
    },
    run: [['node', 'main.cjs']],
    prints: /idle function/,
  },
  {
    name: 'esbuild',
    packages: { esbuild: '0.28.2' },
    files: { 'main.mjs': page },
    run: bundled([
      '../node_modules/.bin/esbuild',
      'main.mjs',
      '--bundle',
      '--splitting',
      '--format=esm',
      '--outdir=out',
      '--out-extension:.js=.mjs',
      `--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url)`,
      '--platform=node',
    ]),
    prints: shown,
  },
  {
    name: 'Vite',
    packages: { vite: '8.3.8' },
    files: {
      'main.mjs': page,
      'vite.config.mjs': `export default {
  build: { outDir: 'out', ssr: 'main.mjs', rollupOptions: { output: { entryFileNames: 'main.mjs' } } },
  ssr: { noExternal: true },
}`,
    },
    run: [
      ['../node_modules/.bin/vite', 'build'],
      ['node', 'out/main.mjs'],
    ],
    prints: shown,
  },
  {
    name: 'webpack',
    packages: { webpack: '5.113.0' },
    files: {
      'main.mjs': page,
      'build.mjs': `
import { resolve } from 'node:path'
import webpack from 'webpack'
webpack({ mode: 'production', target: ['web', 'es2022'], entry: './main.mjs',
  output: { path: resolve('out'), filename: 'main.cjs', globalObject: 'globalThis', publicPath: '' }, performance: false },
  (error, stats) => {
    if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString())
  })`,
    },
    run: [
      ['node', 'build.mjs'],
      ['node', 'out/main.cjs'],
    ],
    prints: shown,
  },
  {
    name: 'Rollup',
    packages: {
      rollup: '4.68.8',
      '@rollup/plugin-node-resolve': '16.0.3',
      '@rollup/plugin-commonjs': '29.0.3',
    },
    files: {
      'main.mjs': page,
      'rollup.config.mjs': `
import commonjs from '@rollup/plugin-commonjs'
import { nodeResolve } from '@rollup/plugin-node-resolve'
export default { input: 'main.mjs', external: [/^react/], plugins: [nodeResolve({ preferBuiltins: true }), commonjs()],
  output: { dir: 'out', format: 'esm', entryFileNames: '[name].mjs' } }`,
    },
    run: bundled(['../node_modules/.bin/rollup', '-c', '--silent']),
    prints: shown,
  },
  {
    name: 'Next.js, app router',
    packages: { next: '16.4.6' },
    files: {
      'app/layout.jsx': `export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html> }`,
      'app/page.jsx': `
import { createChatClient } from '@dowellchat/client'
import { Chat } from './chat'
export default function Page() {
  return <><b>{${start}.connection.getSnapshot().status} on the server</b><Chat /></>
}`,
      'app/chat.jsx': `'use client'
import { ChatProvider, useConnection, useMessages } from '@dowellchat/client/react'
function Room() { return <p>{useConnection().status + ' ' + useMessages('lobby').status}</p> }
export function Chat() {
  return <ChatProvider url="http://localhost:4000" auth={{ token: 'a.b.c' }}><Room /></ChatProvider>
}`,
      'next.config.mjs': `export default { turbopack: { root: new URL('..', import.meta.url).pathname } }`,
      'read.mjs': `
import { readFileSync } from 'node:fs'
console.log(readFileSync('.next/server/app/index.html', 'utf8'))`,
    },
    run: [
      ['../node_modules/.bin/next', 'build'],
      ['node', 'read.mjs'],
    ],
    prints: /idle<!-- --> on the server.*<p>idle loading<\/p>/,
  },
  {
    name: 'Jest with jsdom',
    packages: { jest: '30.5.2', 'jest-environment-jsdom': '30.5.2' },
    files: {
      'jest.config.json': JSON.stringify({ testEnvironment: 'jsdom', transform: {} }),
      'chat.test.js': `
const { createChatClient } = require('@dowellchat/client')
const { act, createElement: h } = require('react')
const { createRoot } = require('react-dom/client')
const { ChatProvider, useConnection } = require('@dowellchat/client/react')
globalThis.IS_REACT_ACT_ENVIRONMENT = true
test('renders', async () => {
  expect(typeof TextEncoder).toBe('undefined')
  expect(${start}.connection.getSnapshot().status).toBe('idle')
  const root = createRoot(document.body)
  await act(() => root.render(
    h(ChatProvider, { url: 'http://localhost:1', auth: { token: 'a.b.c' } }, h(() => useConnection().status))))
  expect(document.body.textContent).toMatch(/connecting|offline/)
  await act(() => root.unmount())
})`,
    },
    run: [['sh', '-c', '../node_modules/.bin/jest --forceExit 2>&1']],
    prints: /1 passed/,
  },
  {
    name: 'React Native, Metro',
    packages: {
      metro: '0.83.8',
      'metro-runtime': '0.83.8',
      '@react-native/babel-preset': '0.81.6',
      '@babel/core': '^7',
      '@babel/runtime': '^7',
    },
    files: {
      'babel.config.js': `module.exports = { presets: ['@react-native/babel-preset'] }`,
      'main.js': `
import { createChatClient } from '@dowellchat/client'
import * as hooks from '@dowellchat/client/react'
globalThis.seen = ${start}.connection.getSnapshot().status + ' ' + typeof hooks.useMessages`,
      // The bundle runs with what Hermes has, without TextEncoder, crypto and a DOM.
      'build.js': `
const Metro = require('metro')
const path = require('node:path')
const vm = require('node:vm')
async function main() {
  const config = await Metro.loadConfig({}, {
    projectRoot: __dirname,
    watchFolders: [path.resolve('..')],
    resolver: { useWatchman: false, nodeModulesPaths: [path.resolve('../node_modules')],
      unstable_conditionNames: ['react-native'], resolverMainFields: ['react-native', 'browser', 'main'] },
    maxWorkers: 1,
  })
  const { code } = await Metro.runBuild(config, { entry: 'main.js', platform: 'ios', dev: false, minify: false })
  const native = { setTimeout, clearTimeout, AbortController, console }
  vm.runInNewContext(code, native)
  console.log(native.seen)
}
main()`,
    },
    run: [['node', 'build.js']],
    prints: /idle function/,
  },
  {
    name: 'Vue',
    packages: { vue: '3.5.45' },
    files: {
      'main.mjs': program(`
import { effectScope, onScopeDispose, shallowRef, watch } from 'vue'
function useObservable(observable) {
  const state = shallowRef()
  const show = () => { state.value = observable.getSnapshot() }
  const stop = observable.subscribe(show)
  const release = observable.retain?.()
  show()
  onScopeDispose(() => { stop(); release?.() })
  return state
}
const watchRows = (stream, show) => effectScope().run(() =>
  watch(useObservable(stream), ({ messages }) => show(messages)))`),
    },
    run: [['node', 'main.mjs']],
    prints: /shown Hello/,
  },
  {
    name: 'Svelte',
    packages: { svelte: '5.57.3' },
    files: {
      'main.mjs': program(`
import { readable } from 'svelte/store'
const toStore = (observable) => readable(observable.getSnapshot(), (set) => {
  const show = () => set(observable.getSnapshot())
  const stop = observable.subscribe(show)
  const release = observable.retain?.()
  show()
  return () => { stop(); release?.() }
})
const watchRows = (stream, show) => toStore(stream).subscribe(({ messages }) => show(messages))`),
    },
    run: [['node', 'main.mjs']],
    prints: /shown Hello/,
  },
  ...['5.4', '5.6', '5.9', '6.0'].map(typesOf),
]
