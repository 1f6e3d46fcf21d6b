/** `under a minute`, `5 min`, `2 h 10 min`. */
export function minutesWords(minutes: number): string {
  if (minutes < 1) return 'under a minute'
  const whole = Math.round(minutes)
  if (whole < 60) return `${whole} min`
  const rest = whole % 60
  return rest === 0 ? `${Math.floor(whole / 60)} h` : `${Math.floor(whole / 60)} h ${rest} min`
}
