/** A size for people: `214 B`, `1.52 KiB`, `4.10 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes.toFixed(0)} B`;
  return bytes < 2 ** 20 ? `${(bytes / 1_024).toFixed(2)} KiB` : `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}
