// `cenote password`: the hash of a password for `listen.admin.users`, and the secret of a second factor.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { hashPassword } from '../../../admin/door/password.ts';
import { enrolUri, newSecret } from '../../../admin/door/totp.ts';
import { PASSWORD_CHARACTERS } from '../../../config/values/password-hash.ts';
import { CliError, EXIT } from '../../cli-error.ts';
import { printJson, printLines } from '../../print.ts';

interface PasswordOptions {
  readonly user?: string;
  readonly totp?: boolean;
  readonly json?: boolean;
}

export async function passwordCommand({
  user = 'admin',
  totp = false,
  json = false,
}: PasswordOptions): Promise<number> {
  const password = process.stdin.isTTY ? await typed() : await firstLine();
  const { min, max } = PASSWORD_CHARACTERS;
  if (password.length < min || password.length > max)
    throw new CliError(
      'CLI_PASSWORD',
      EXIT.bad,
      `a password has ${min} to ${max} characters (standard input); type it, or \`cenote password < FILE\``,
    );
  const hash = await hashPassword(password);
  const secret = totp ? newSecret() : null;
  const uri = secret === null ? null : enrolUri(user, secret);
  if (json) printJson({ password: hash, totp: secret, uri });
  else if (secret === null) printLines([hash]);
  else printLines([`password: "${hash}"`, `totp: ${secret}`, `# for the app: ${uri}`]);
  return EXIT.ok;
}

/** Twice, and not shown. */
async function typed(): Promise<string> {
  const silent = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const answer = await lines.question('');
    process.stderr.write('\n');
    return answer;
  };
  try {
    const password = await ask('Password: ');
    if (password !== (await ask('Again: ')))
      throw new CliError('CLI_PASSWORD', EXIT.bad, 'the two are not the same; type it once more');
    return password;
  } finally {
    lines.close();
  }
}

async function firstLine(): Promise<string> {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) text += part;
  return text.split(/\r?\n/, 1)[0] ?? '';
}
