import type { AllEvidence } from './evidence.ts'
import { manyNodesPart } from './many-nodes.ts'
import { millionPart } from './million.ts'
import { oneNodePart } from './one-node.ts'

/** docs/capacity.md. */
export function capacityPage(evidence: AllEvidence): string {
  return `# Capacity

What one server holds, how cost grows with members, rooms and servers, and how far that goes. A server is one process, here a
*node*. All tables are made from [docs/evidence](evidence): run the command below a table to measure your own machine, and
\`pnpm vitest run tools/proofs/capacity/page -u\` to write this page again. Beside ours stands a bare socket.io server with two handlers, which
stores nothing and asks nobody who they are, in the same run on the same core.

${oneNodePart(evidence)}
${manyNodesPart(evidence)}
${millionPart(evidence)}
[The runbook](runbook.md) says what to look at when a server comes near its limits.
`
}
