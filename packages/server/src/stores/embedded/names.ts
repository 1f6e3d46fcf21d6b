/** A data folder's database. */
export const databaseName = 'chat.sqlite'
export const lockName = 'lock'
/** How far the database has been written (`record.ts`). */
export const recordName = 'written'
