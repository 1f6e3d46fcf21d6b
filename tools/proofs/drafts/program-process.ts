import { type ProgramPlan, write } from './program.ts'

// A process of its own, which can be killed.
process.once('disconnect', () => process.exit())
const plan = JSON.parse(process.argv[2] ?? '') as ProgramPlan
const { done } = await write(plan, (news) => process.send?.(news))
await done
