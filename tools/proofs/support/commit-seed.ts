import { execFileSync } from 'node:child_process'

/** The seed of a proof, taken from the commit's hash: the same for everybody who runs it there. */
export function commitSeed(): number {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' })
  return Number.parseInt(commit.slice(0, 6), 16)
}
