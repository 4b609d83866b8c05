export const NSFWJS: readonly string[]
export function unpack(from: string, name: string, folder: string): void
