import type { TestChat } from '../../src/testing/connect.ts'

export type WorkspaceId = 'demo' | 'other'
export const keyOf = (workspace: WorkspaceId) => ({
  workspace_id: workspace,
  api_key: `canary-key-of-${workspace}`,
})
export const canaryOf = (workspace: WorkspaceId) => `canary-text-of-${workspace}`
const customersMeet = 'anybody'
export const workspaces = [
  { id: 'demo', keys: ['canary-key-of-demo', 'second-canary-key-of-demo'], guests: true, customersMeet },
  { id: 'other', keys: ['canary-key-of-other'], customersMeet },
] as const

/** The people of a workspace, who have the same names in every other one. */
export async function people(chat: TestChat, workspace: WorkspaceId) {
  const key = keyOf(workspace)
  const name = canaryOf(workspace)
  return {
    ann: await chat.connect('ann', { ...key, name }),
    agent: await chat.connect('agnes', { ...key, name, role: 'agent' }),
    admin: await chat.connect('root', { ...key, name, role: 'admin' }),
    tab: await chat.connectV2({ ...key, user_id: 'tab', name, role: 'admin' }),
    // Nobody in particular, who says a key with every request; lives in `demo`, and asks for tickets alone.
    page: await chat.connectV2(),
  }
}
export type People = Awaited<ReturnType<typeof people>>
