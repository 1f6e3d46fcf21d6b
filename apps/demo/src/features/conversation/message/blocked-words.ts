/** Stands for a message of somebody whom you have blocked. */
export const blockedWords = 'Message of somebody you have blocked'
