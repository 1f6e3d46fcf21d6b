import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Program } from './servers.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const cache = join(root, '.cache', 'bench')

/** The full id of a commit. */
export function commitOf(name: string): string {
  const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0)
    throw new Error(name ? `There is no commit ${name} here` : 'usage: pnpm prove bench-against <commit>')
  return stdout.trim()
}

/** The server of another commit, as its users ran it: installed and built once, then kept in .cache/bench. */
export function olderProgram(commit: string): Program {
  const folder = join(cache, commit)
  if (!existsSync(folder)) build(commit, folder)
  return { name: commit.slice(0, 7), args: [join(folder, 'packages/server/dist/main.js')] }
}

function build(commit: string, folder: string): void {
  process.stderr.write(`builds ${commit.slice(0, 7)} in .cache/bench\n`)
  const draft = `${folder}.draft`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  const files = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 2 ** 30 })
  execFileSync('tar', ['-x', '-C', draft], { input: files })
  const run = (...args: string[]) =>
    execFileSync('pnpm', args, {
      cwd: draft,
      env: { ...process.env, CI: 'true' },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  run('install', '--frozen-lockfile')
  // Its packages find each other by relative links, so the folder may be renamed.
  run('--filter', '@dowellchat/server...', 'run', 'build')
  renameSync(draft, folder)
}
