/** What is done with tickets by later code, by name. */
export const ticketMethods = [
  ...(['create', 'close', 'update', 'claim', 'claimNext', 'assign', 'transfer', 'hold', 'resume'] as const),
  ...(['reopen', 'rate', 'transcript'] as const),
]
