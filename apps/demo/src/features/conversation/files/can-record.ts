/** Whether this browser records sounds; pages that are not on HTTPS may not. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && navigator.mediaDevices !== undefined
}
