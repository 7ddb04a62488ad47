/** CPU time that this process has used so far, all its threads together, µs. */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
