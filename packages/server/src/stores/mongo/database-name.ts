/** The database that a URL of MongoDB names, or ours. */
export function databaseNameIn(url: string): string {
  const [, name = 'dowellchat'] = /^[^/]*\/\/[^/]*\/([^?]+)/.exec(url) ?? []
  return decodeURIComponent(name)
}
