import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const packages = ['protocol', 'server', 'client']
const fixtures = fileURLToPath(new URL('consumer', import.meta.url))

/** Where an application would get its React from. */
const reacts = {
  react19: join(root, 'packages/client/node_modules'),
  react18: join(root, 'packages/client/tests/react-18/node_modules'),
}

/** Folders outside the workspace that have the packed packages installed, as an application would. */
export interface Consumers extends Record<keyof typeof reacts, string> {
  readonly close: () => Promise<void>
}

/** Runs a command; gives what it printed, and rejects with all of that where it fails. */
export function run(folder: string, [name = '', ...args]: readonly string[]): Promise<string> {
  const env = { ...process.env, CI: 'true', TURBO_TELEMETRY_DISABLED: '1' }
  return new Promise((resolve, reject) => {
    execFile(name, args, { cwd: folder, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${[name, ...args].join(' ')}\n${stdout}${stderr}`, { cause: error }))
      else resolve(stdout)
    })
  })
}

/** Builds, packs and installs the packages. Whoever opens them closes them. */
export async function openConsumers(): Promise<Consumers> {
  const turbo = join(root, 'node_modules/.bin/turbo')
  await run(root, [turbo, 'run', 'build', '--filter=@dowellchat/client...', '--output-logs=errors-only'])
  const folder = await mkdtemp(join(tmpdir(), 'dowellchat-consumers-'))
  const tarballs = await Promise.all(packages.map((name) => pack(name, join(folder, 'tarballs', name))))
  const install = async (react: keyof typeof reacts): Promise<string> => {
    const consumer = join(folder, react)
    await cp(fixtures, consumer, { recursive: true })
    await writeManifests(consumer, tarballs, reacts[react])
    await run(consumer, ['pnpm', 'install', '--offline'])
    return consumer
  }
  const [react19, react18] = await Promise.all([install('react19'), install('react18')])
  return { react19, react18, close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

async function pack(name: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await run(join(root, 'packages', name), ['pnpm', 'pack', '--pack-destination', folder])
  const [tarball = ''] = await readdir(folder)
  return `file:${join(folder, tarball)}`
}

/**
 * Ours come from the tarballs, what they depend on from the workspace, which has it installed: no registry is asked, and
 * what a package does not declare it does not find.
 */
async function writeManifests(consumer: string, tarballs: readonly string[], react: string): Promise<void> {
  const linked = (folder: string, names: readonly string[]) =>
    names.map((name) => [name, `link:${join(folder, name)}`] as const)
  const own = packages.map((name, at) => [`@dowellchat/${name}`, tarballs[at] ?? ''] as const)
  const theirs = packages.map(async (name) => {
    const manifest = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'))
    const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
    return linked(join(root, 'packages', name, 'node_modules'), names)
  })
  const dependencies = [
    ...own,
    ...linked(react, ['react', 'react-dom', '@types/react', '@types/react-dom']),
    ...linked(join(root, 'node_modules'), ['@types/node']),
  ]
  const overrides = Object.fromEntries([...(await Promise.all(theirs)).flat(), ...dependencies])
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(dependencies),
  }
  await writeFile(join(consumer, 'package.json'), JSON.stringify(manifest))
  // JSON is YAML.
  await writeFile(join(consumer, 'pnpm-workspace.yaml'), JSON.stringify({ overrides }))
}
