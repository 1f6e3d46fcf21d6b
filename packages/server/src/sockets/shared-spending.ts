import type { Nodes } from '../nodes/nodes.ts'
import type { SharedBuckets } from '../queues/buckets.ts'

interface SpendingParts {
  readonly nodes: Pick<Nodes, 'tell' | 'on' | 'others' | 'isBusConnected'>
  readonly users: SharedBuckets
  readonly workspaces: SharedBuckets
  readonly now: () => number
}

const tellMs = 1_000
/** Of how many users, and of how many workspaces, one message tells. */
const mostTold = 500

/**
 * Lets the servers on one store take from a user's and a workspace's bucket what was taken at the others, about once a second:
 * no request waits for it. The answer ends this.
 */
export function shareSpending({ nodes, users, workspaces, now }: SpendingParts): () => void {
  nodes.on('spent', (spent) => {
    const at = now()
    for (const [key, points] of spent.users) users.takeElsewhere(key, points, at)
    for (const [key, points] of spent.workspaces) workspaces.takeElsewhere(key, points, at)
  })

  function tell(): void {
    if (!nodes.isBusConnected || nodes.others.length === 0) {
      // Told later, it would be taken off what was given back meanwhile.
      users.forgetSpent()
      workspaces.forgetSpent()
      return
    }
    const spent = { users: users.spent(mostTold), workspaces: workspaces.spent(mostTold) }
    if (spent.users.length + spent.workspaces.length > 0) nodes.tell('spent', spent)
  }

  const timer = setInterval(tell, tellMs).unref()
  return () => clearInterval(timer)
}
