/** `dowellchat-server verify`: runs the store's cases against somebody's own MongoDB or disk. Loaded when it is asked for. */
export async function verify(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { runVerify } = await import('../verify/index.ts')
  await runVerify(args, environment)
}
