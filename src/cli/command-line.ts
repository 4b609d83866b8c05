/** Arguments as a POSIX shell takes them, quoted where they need it. */
export const commandLine = (args: readonly string[]): string =>
  args.map(arg => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`)).join(' ')
