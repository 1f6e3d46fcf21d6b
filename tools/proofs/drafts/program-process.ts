import { type ProgramPlan, write } from './program.ts'

// A process of its own, which can be killed.
process.once('disconnect', () => process.exit())
await write(JSON.parse(process.argv[2] ?? '') as ProgramPlan, (news) => process.send?.(news))
