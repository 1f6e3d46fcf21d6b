/** The reactions that are offered first, and their names. */
export const quickEmoji: Readonly<Record<string, string>> = {
  '👍': 'Thumbs up',
  '❤️': 'Heart',
  '😂': 'Tears of joy',
  '🎉': 'Party popper',
  '😮': 'Surprised',
  '😢': 'Crying',
}
