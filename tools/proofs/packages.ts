import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openConsumers, run } from '../../packages/client/tests/packed/consumers.ts'
import { bundle } from '../../packages/client/tests/packed/sizes.ts'
import { type Environment, environments } from './packages/environments.ts'
import { peers } from './packages/peers.ts'

export const measured = [
  'packages/protocol',
  'packages/client',
  'pnpm-lock.yaml',
  'tools/proofs/packages',
  ':!**/*.test.ts*',
]

const ours = ['protocol', 'server', 'client']
const react = {
  react: '19.3.1',
  'react-dom': '19.3.1',
  '@types/react': '19.3.0',
  '@types/react-dom': '19.3.0',
}

/** The packed packages in each environment, installed from the registry as an application would, and sizes beside those of peers. */
export async function prove() {
  const only = process.argv.find((option) => option.startsWith('--only='))?.slice('--only='.length)
  const chosen = environments.filter(({ name }) => !only || name.includes(only))
  const consumers = await openConsumers()
  const folder = await mkdtemp(join(tmpdir(), 'dowellchat-environments-'))
  try {
    await install(folder, join(consumers.react19, '..', 'tarballs'), chosen)
    const results = []
    for (const environment of chosen) {
      const result = await tryIn(folder, environment)
      console.error(result.ok ? 'works' : 'FAILS', environment.name, result.problem ?? '')
      results.push(result)
    }
    const sizes = only ? [] : await compareSizes(folder)
    console.table(sizes)
    const failed = results.filter(({ ok }) => !ok)
    if (failed.length > 0) process.exitCode = 1
    return { environments: results, failed: failed.length, sizes }
  } finally {
    await Promise.all([consumers.close(), rm(folder, { recursive: true, force: true })])
  }
}

async function install(folder: string, tarballs: string, chosen: readonly Environment[]): Promise<void> {
  const packed = ours.map(async (name) => {
    const [file = ''] = await readdir(join(tarballs, name))
    return [`@dowellchat/${name}`, `file:${join(tarballs, name, file)}`] as const
  })
  const own = Object.fromEntries(await Promise.all(packed))
  const theirs = [...chosen, ...peers].map(({ packages }) => packages)
  const dependencies = Object.assign({}, react, ...theirs, own)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  await run(folder, ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'])
}

async function tryIn(folder: string, { name, packages, files, run: commands, prints }: Environment) {
  const place = join(folder, name.replace(/\W+/g, '-'))
  for (const [file, text] of Object.entries({ 'package.json': '{"private":true}', ...files })) {
    await mkdir(dirname(join(place, file)), { recursive: true })
    await writeFile(join(place, file), text)
  }
  const [first] = Object.keys(packages)
  const version = first ? await versionOf(folder, first) : process.version
  try {
    let printed = ''
    for (const command of commands) printed = await run(place, command)
    const ok = prints.test(printed)
    return { name, version, ok, problem: ok ? null : `printed ${printed.slice(0, 1_000)}` }
  } catch (error) {
    return { name, version, ok: false, problem: String(error).slice(0, 2_000) }
  }
}

async function versionOf(folder: string, name: string): Promise<string> {
  return JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version
}

/** Gzipped bytes that are loaded at once, by the same bundler and options as `pnpm prove sizes`. */
async function compareSizes(folder: string) {
  const own = [
    { name: 'dowellchat', packages: {}, program: `export { createChatClient } from '@dowellchat/client'` },
    { name: 'dowellchat, React', packages: {}, program: `export * from '@dowellchat/client/react'` },
  ]
  const sizes = []
  for (const { name, packages, program } of [...own, ...peers]) {
    const size = await bundle(folder, program).then(
      ({ initial }) => initial.gzipped,
      (error) => `not bundled: ${String(error).slice(0, 200)}`,
    )
    sizes.push({
      name,
      packages: Object.entries(packages)
        .map((one) => one.join(' '))
        .join(', '),
      gzipped: size,
    })
  }
  return sizes
}
