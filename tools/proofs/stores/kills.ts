import { Findings, type Kind } from './kills/findings.ts'
import { Life, type RunResult, type Victim } from './kills/life.ts'
import type { Driver } from './place.ts'
import type { Program } from './server-process.ts'

export interface KillPlan {
  readonly driver: Driver
  readonly program: Program
  readonly runs: number
  /** How many places are in use at the same time. */
  readonly lanes: number
  /** After so many runs a place is read from its beginning and replaced. */
  readonly runsOfPlace: number
  readonly afterMs: { readonly from: number; readonly to: number }
  /** Run n has the seed `seed + n`. */
  readonly seed: number
}

/** The sums of all runs, and the findings; a store that keeps its promises has none. */
export interface KillFigures extends RunResult {
  readonly driver: Driver
  readonly runs: number
  readonly killed: Readonly<Record<Victim, number>>
  readonly seed: number
  readonly seconds: number
  readonly found: Readonly<Record<Kind, number>>
  readonly details: readonly string[]
}

const nothing: RunResult = {
  acknowledged: 0,
  pushed: 0,
  retried: 0,
  storedUnanswered: 0,
  tickets: 0,
  closings: 0,
}

/** Kills run after run in every lane. A failed run becomes a finding and does not end the other runs. */
export async function killAgainAndAgain(plan: KillPlan): Promise<KillFigures> {
  const start = performance.now()
  const killed: Record<Victim, number> = { server: 0, database: 0 }
  const findings = new Findings()
  const results: RunResult[] = []
  const lanes = Array.from({ length: plan.lanes }, (_, lane) => runsOfLane(plan, lane))
  await Promise.all(lanes.map((runs) => liveThrough(plan, runs, { killed, findings, results })))
  const seconds = (performance.now() - start) / 1_000
  const { driver, runs, seed } = plan
  const found = findings.counts
  return { driver, runs, killed, seed, seconds, ...sum(results), found, details: findings.details }
}

interface Outcome {
  readonly killed: Record<Victim, number>
  readonly findings: Findings
  readonly results: RunResult[]
}

/** The numbers of the runs that a lane takes. */
function runsOfLane({ runs, lanes }: KillPlan, lane: number): number[] {
  return Array.from({ length: runs }, (_, run) => run).filter((run) => run % lanes === lane)
}

async function liveThrough(plan: KillPlan, runs: readonly number[], outcome: Outcome): Promise<void> {
  for (let from = 0; from < runs.length; from += plan.runsOfPlace) {
    await liveOnce(plan, runs.slice(from, from + plan.runsOfPlace), outcome)
  }
}

async function liveOnce(plan: KillPlan, runs: readonly number[], outcome: Outcome): Promise<void> {
  const findings = new Findings()
  const life = await Life.begin(plan.driver, plan.program)
  try {
    for (const [at, run] of runs.entries()) {
      const seed = plan.seed + run
      const victim = plan.driver === 'mongo' && at % 2 === 1 ? 'database' : 'server'
      findings.where = `${plan.driver}, seed ${seed}, ${victim} killed`
      outcome.results.push(await life.run({ seed, victim, afterMs: plan.afterMs }, findings))
      outcome.killed[victim] += 1
    }
    await life.end(findings)
  } catch (error) {
    findings.add('refused', String(error))
    await life.abandon()
  }
  outcome.findings.take(findings)
}

function sum(results: readonly RunResult[]): RunResult {
  const add = (sum: RunResult, one: RunResult): RunResult => ({
    acknowledged: sum.acknowledged + one.acknowledged,
    pushed: sum.pushed + one.pushed,
    retried: sum.retried + one.retried,
    storedUnanswered: sum.storedUnanswered + one.storedUnanswered,
    tickets: sum.tickets + one.tickets,
    closings: sum.closings + one.closings,
  })
  return results.reduce(add, nothing)
}
