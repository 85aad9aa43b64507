function code(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

/** The kinds of failure an operator can do something about, each with the sentence he needs. */
function sentence(error: Error & { port?: unknown; path?: unknown; address?: unknown }): string | undefined {
  switch (code(error)) {
    case 'EADDRINUSE':
      return `Port ${error.port} is taken. Stop what listens there, or set PORT to another one.`;
    case 'EADDRNOTAVAIL':
      return `${error.address} is not an address of this machine. Change HOST.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return error.path === undefined
        ? `Port ${error.port} may not be used by this user. Set PORT to one above 1023.`
        : `${error.path} may not be read or written by this user: check the rights of the file and its folder.`;
    case 'ENOENT':
      return `${error.path}: there is no such file or folder.`;
    case 'ECONNREFUSED':
      return `No database answers at ${error.address ?? 'the address'}:${error.port ?? ''}. Check DATABASE_URL.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host of DATABASE_URL is not known: ${error.message}.`;
    case '28P01':
    case '28000':
      return `The database refuses the login of DATABASE_URL: ${error.message}.`;
    case '3D000':
      return `${error.message}. Make it first, or change DATABASE_URL.`;
    default:
      return byMessage(error.message);
  }
}

function byMessage(message: string): string | undefined {
  if (message.includes('file is not a database')) return 'The file of DATABASE_URL is no SQLite database.';
  if (/Connection terminated|timeout exceeded when trying to connect/.test(message)) {
    return 'The database of DATABASE_URL does not answer.';
  }
  return undefined;
}

/** An error as one line. The unexpected ones keep their stack behind LOG_LEVEL=debug. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = sentence(error);
  if (known !== undefined) return known;
  return process.env.LOG_LEVEL === 'debug'
    ? (error.stack ?? error.message)
    : error.message.split('\n', 1)[0] || error.name;
}
